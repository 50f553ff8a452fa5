public import Daemon
public import JSON
public import Jobs
public import Market
public import Postgres
public import Providers
import System

/// The job that brings one series up to date from a vendor, or brings it in.
///
/// What is stored is the checkpoint: bars are stored stretch by stretch, each in a transaction of its own, and whoever takes
/// the job up again goes on behind the last one. What replaces stored bars is stored in one transaction, so that whatever
/// happens on the way leaves them as they were.
public struct IngestBars: JobKind {
    public static let name = "ingest_bars"
    public static let noun = "import"
    public static let retry: Retry? = Retry(firstSeconds: 60, maximumSeconds: 900)
    /// There may be one an hour for every series.
    public static let retentionDays = 7
    public static let isRationed = false
    public static let waitsForOthers = true

    /// Which series, and whom to ask.
    public struct Payload: JobPayload, Equatable {
        /// As stored.
        let symbol: String
        /// Whose series it is, for a ticker may become another's; nil: one that is made with its first bars.
        var symbolID: Int?
        let assetType: AssetType
        let timeframe: Timeframe
        /// ``PriceProvider/name``.
        let provider: String
        /// The first day; nil: what is missing, of a new series all there is.
        var from: CalendarDay?
        /// Puts the vendor's bars in the place of all that is stored.
        var replaces = false

        init(
            symbol: String, id symbolID: Int? = nil, _ assetType: AssetType, _ timeframe: Timeframe, provider: String,
            from: CalendarDay? = nil, replaces: Bool = false
        ) {
            (self.symbol, self.symbolID, self.assetType, self.timeframe) = (symbol, symbolID, assetType, timeframe)
            (self.provider, self.from, self.replaces) = (provider, from, replaces)
        }

        public init(json: Object) throws {
            guard let symbol = json["symbol"]?.stringValue,
                let assetType = json["asset_type"]?.stringValue.flatMap(AssetType.init),
                let timeframe = json["interval"]?.stringValue.flatMap(Timeframe.init),
                let provider = json["provider"]?.stringValue
            else { throw PostgresError(.unexpectedResult, "an import of no series") }
            self.init(
                symbol: symbol, id: json["symbol_id"]?.numberValue?.int, assetType, timeframe, provider: provider,
                from: json["from"]?.stringValue.flatMap { CalendarDay($0) }, replaces: json["replace"] == true)
        }

        public var json: Object {
            var json: Object = [
                "symbol": .string(symbol), "asset_type": .string(assetType.rawValue),
                "interval": .string(timeframe.rawValue), "provider": .string(provider),
            ]
            if let symbolID { json["symbol_id"] = .number(Number(symbolID)) }
            if let from { json["from"] = .string(from.description) }
            if replaces { json["replace"] = true }
            return json
        }

        /// Whether who does this does all of that, which is of the same series: what is missing it brings in any case.
        func does(_ wish: Payload) -> Bool {
            guard symbolID == nil || symbolID == wish.symbolID else { return false }
            return wish.from == nil && !wish.replaces
                || (provider, from, replaces) == (wish.provider, wish.from, wish.replaces)
        }

        /// Of the series: nobody does one that somebody is at.
        var dedupeKey: String { Self.dedupeKey(symbol, timeframe) }

        static func dedupeKey(_ symbol: String, _ timeframe: Timeframe) -> String {
            "\(IngestBars.name)/\(symbol)/\(timeframe.rawValue)"
        }
    }

    public let timeoutMilliseconds = 3_600_000

    private let providers: PriceProviders
    private let exchanges: any ProviderExchanges
    private let log: Log
    private let auditLog: AuditLog?
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - exchanges: what asks the vendors.
    ///   - auditLog: told of those whose positions a split has changed.
    ///   - now: the clock.
    public init(
        _ providers: PriceProviders, by exchanges: any ProviderExchanges, log: Log, auditLog: AuditLog? = nil,
        now: @escaping @Sendable () -> Instant = { Instant(microseconds: SystemClock.unixMicroseconds()) }
    ) {
        (self.providers, self.exchanges, self.log, self.auditLog, self.now) = (providers, exchanges, log, auditLog, now)
    }

    public func run(_ wish: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        guard let access = providers[wish.provider], let service = access.service(of: wish.assetType, wish.timeframe)
        else {
            throw JobError(
                JobEnd(
                    .failed, code: "PROVIDER_NOT_CONFIGURED",
                    Self.notConfigured(wish, providers[wish.provider])))
        }
        do {
            var ingestion = try Ingestion(wish, access, service, exchanges, auditLog, now: now(), in: &db)
            // A series that the bars may not go into is refused before anybody is asked.
            let began = try enter(access, job.id, in: &db)
            do {
                let report = try ingestion.run(&job, in: &db)
                let hasAsked = report.requests > 0
                if hasAsked {
                    try note(answerOf: wish.provider, since: began, hasBars: true, in: &db)
                } else {
                    try db.run(ProviderBreaker.left(wish.provider, since: began))
                }
                tell(report, wish)
                return .completed(report.json(wish))
            } catch let error as ProviderError {
                switch error {
                case .paced, .cancelled: try db.run(ProviderBreaker.left(wish.provider, since: began))
                case .notFound, .badRequest, .badBars:
                    try note(answerOf: wish.provider, since: began, hasBars: false, in: &db)
                case .rateLimited, .unauthorized, .forbidden, .upstream, .unreachable:
                    try db.run(ProviderBreaker.failed(wish.provider, error))
                }
                throw error.jobError(access)
            } catch {
                // A refusal is of what the vendor has answered. What else ends a job, a wish, a stop, the database, says
                // nothing of the vendor; where the session is lost, so is this.
                if error is BarStore.Refusal {
                    try? note(answerOf: wish.provider, since: began, hasBars: false, in: &db)
                } else {
                    _ = try? db.run(ProviderBreaker.left(wish.provider, since: began))
                }
                throw error
            }
        } catch let refusal as BarStore.Refusal {
            throw JobError(JobEnd(.failed, code: refusal.code, refusal.sentence))
        }
    }

    /// The vendor has answered. Where it had not taken the key before, what that has ended begins anew.
    private func note(
        answerOf provider: String, since began: Instant, hasBars: Bool, in db: inout Connection
    ) throws {
        try db.transaction(opening: ProviderBreaker.hasTakenKey(provider, since: began)) { db, hasTakenKey in
            if hasTakenKey == true { try db.run(.queueingAnew(refusedBy: provider)) }
            try db.run(ProviderBreaker.answered(provider, since: began, hasBars: hasBars))
        }
    }

    private func tell(_ report: IngestionReport, _ wish: Payload) {
        guard let first = report.impossible.min() else { return }
        log.warning(
            "bars that cannot be were left out",
            [
                "provider": .string(wish.provider), "symbol": .string(wish.symbol),
                "interval": .string(wish.timeframe.rawValue), "bars": .number(Number(report.impossible.count)),
                "first": .string(wish.timeframe.label(first)),
            ])
    }

    private static func notConfigured(_ wish: Payload, _ access: PriceProviderAccess?) -> String {
        let bars = "\(wish.timeframe.adjective) bars of \(wish.assetType.all)"
        guard let access, access.lacksKey(for: wish.assetType, wish.timeframe) else {
            return "\(wish.provider) does not give \(bars)."
        }
        return "\(access.provider.title) gives \(bars) to who has a key, and there is none: \(access.keyAdvice)."
    }

    /// A vendor that has failed for longer is not waited for.
    private static let patienceDays = 3

    /// - Returns: since when the vendor is asked.
    private func enter(_ access: PriceProviderAccess, _ job: String, in db: inout Connection) throws -> Instant {
        let title = access.provider.title
        switch try ProviderBreaker.entry(to: access.provider.name, in: &db) {
        case .open(let now): return now
        case .keyRefused: throw ProviderError.unauthorized.jobError(access)
        case .shut(let seconds, let isTried):
            if try db.run(ProviderBreaker.hasWaited(job, for: access.provider.name, days: Self.patienceDays)) {
                throw JobError(
                    JobEnd(
                        .failed, code: "PROVIDER_OPEN",
                        "\(title) fails, and this has waited for it for \(Self.patienceDays) days: nothing is fetched.")
                )
            }
            let reason =
                isTried
                ? "failed, and another job tries whether it answers again"
                : "failed again and again, or wants to be left alone: nobody asks it for \(seconds) s"
            throw JobError(
                JobEnd(.failed, code: "PROVIDER_OPEN", "\(title) \(reason)."),
                mayPass: true, notBeforeSeconds: ProviderBreaker.secondsAway(seconds), isNoAttempt: true)
        }
    }
}

extension Query {
    /// What a vendor takes the key for by now that it did not take before: each series once, as it was wished last, where
    /// nothing came after that wish and whoever had it is still there. One that was refused twice within an hour, and
    /// others not in between, waits for somebody to wish it: it has to do with the series.
    fileprivate static func queueingAnew(refusedBy provider: String) -> Query<Int> {
        .change(
            """
            INSERT INTO jobs (job_type, payload_json, user_id, dedupe_key, request_id)
            SELECT job_type, payload_json, user_id, dedupe_key, request_id
            FROM jobs f LEFT JOIN provider_states p ON p.provider = $3
            WHERE job_type = $1 AND status = 'failed' AND error_code = $2 AND payload_json->>'provider' = $3
              AND dedupe_key IS NOT NULL AND NOT EXISTS (
                SELECT FROM jobs other WHERE other.job_type = $1 AND other.dedupe_key = f.dedupe_key AND other.id <> f.id
                  AND ((other.created_at, other.id) > (f.created_at, f.id) OR other.error_code = $2
                    AND other.status = 'failed' AND other.created_at > f.created_at - interval '1 hour'
                    AND p.last_success_at BETWEEN other.finished_at AND f.finished_at))
              AND (user_id IS NULL OR EXISTS (
                SELECT FROM users WHERE id = f.user_id AND deleted_at IS NULL AND disabled_at IS NULL))
            ON CONFLICT (dedupe_key) WHERE status IN ('pending', 'running') DO NOTHING
            """, IngestBars.name, ProviderError.unauthorized.code, provider)
    }
}

extension ProviderError {
    fileprivate func jobError(_ access: PriceProviderAccess) -> JobError {
        var seconds = 0.0, isNoAttempt = false
        switch self {
        case .paced(let turn): (seconds, isNoAttempt) = (Double(turn), true)
        case .rateLimited(let after?): seconds = Double(after)
        default: break
        }
        // What the vendor says of a key is one thing to who gave it, and another where there is none to give.
        let words =
            switch self {
            case .unauthorized where access.keyNames.isEmpty:
                "the provider wants to know who asks, which it does not do for prices: another server answers for it"
            case .unauthorized where access.credentials == nil:
                "the provider gives this to who has a key, and there is none: \(access.keyAdvice)"
            case .unauthorized:
                "the provider does not take the key: set another \(access.keyNames.joined(separator: " and ")) in bitstockerz.env, and restart bitstockerz-worker"
            default: description
            }
        return JobError(
            JobEnd(.failed, code: code, "\(access.provider.title): \(words)."), mayPass: mayPass,
            notBeforeSeconds: seconds,
            isNoAttempt: isNoAttempt)
    }
}

extension BarStore.Refusal {
    /// A stable word.
    var code: String {
        switch self {
        case .badSymbol, .notAPair, .otherKind: "BAD_SYMBOL"
        case .badField: "BAD_FIELD"
        case .retired: "SYMBOL_RETIRED"
        case .otherSource, .otherBasis, .otherPrices: "SERIES_FROM_ELSEWHERE"
        case .split: "SERIES_SPLIT"
        }
    }

    var sentence: String { description.prefix(1).uppercased() + description.dropFirst() + "." }
}
