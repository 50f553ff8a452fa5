public import JSON
public import Jobs
public import Market
public import Postgres
import Providers
import Quality
import System

/// The job that queues an import for every series of a vendor's that new bars should be there for.
public struct PlanIngestion: JobKind {
    public static let name = "plan_ingestion"
    public static let noun = "plan"
    public static let retentionDays = 7
    public static let isRationed = false

    /// A series that is so many bars behind and was asked for in the last hours has perhaps ended: it is asked for once a day.
    private static let manyBars = 10, restingHours = 20

    /// Which series; nil: all.
    public struct Payload: JobPayload, Equatable {
        let assetType: AssetType?
        let timeframes: [Timeframe]?

        public init(_ assetType: AssetType? = nil, _ timeframes: [Timeframe]? = nil) {
            (self.assetType, self.timeframes) = (assetType, timeframes)
        }

        public init(json: Object) throws {
            assetType = json["asset_type"]?.stringValue.flatMap(AssetType.init)
            timeframes = json["intervals"]?.arrayValue?.compactMap { $0.stringValue.flatMap(Timeframe.init) }
        }

        public var json: Object {
            var json = Object()
            if let assetType { json["asset_type"] = .string(assetType.rawValue) }
            if let timeframes { json["intervals"] = .array(timeframes.map { .string($0.rawValue) }) }
            return json
        }

        /// There is one plan at a time of the same series.
        fileprivate var dedupeKey: String {
            let words = [assetType?.rawValue] + (timeframes ?? []).map(\.rawValue).sorted()
            return ([PlanIngestion.name] + words.compactMap { $0 }).joined(separator: "/")
        }
    }

    public let timeoutMilliseconds = 600_000

    private let providers: PriceProviders
    private let now: @Sendable () -> Instant

    public init(
        _ providers: PriceProviders,
        now: @escaping @Sendable () -> Instant = { Instant(microseconds: SystemClock.unixMicroseconds()) }
    ) { (self.providers, self.now) = (providers, now) }

    /// Queues a plan, or finds the one that is not over yet.
    ///
    /// - Returns: the job's id.
    public static func request(
        _ payload: Payload = Payload(), userID: String? = nil, requestID: String? = nil, in db: inout Connection
    ) throws -> String {
        try enqueueOnce(
            payload, dedupeKey: payload.dedupeKey, userID: userID, requestID: requestID, in: &db
        ).id
    }

    public func run(_ wanted: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        let (all, closures, standings, asked) = try db.run(
            .seriesOfVendors(providers.all.map(\.provider.name), wanted.assetType), .marketClosures(),
            .providerStandings(), .importsDone(inHours: Self.restingHours))
        let now = now()
        let calendar = TradingCalendar(closures: closures), freshness = Freshness(at: now, calendar: calendar)
        let shut = Set(standings.filter { $0.state == .open }.map(\.provider)), resting = Set(asked)
        // Of a vendor that did not take the key one series is asked for: whether it does now. Not always the same, which may
        // be refused before anybody is asked.
        let keyless = Set(standings.filter(\.isKeyRefused).map(\.provider))
        var plan = Plan(), trials: [String: [IngestBars.Payload]] = [:]
        for (place, series) in all.enumerated() {
            try job.check(Double(place) / Double(all.count), in: &db)
            guard wanted.timeframes?.contains(series.timeframe) ?? true else { continue }
            plan.series += 1
            guard let access = providers[series.provider],
                let service = access.service(of: series.assetType, series.timeframe)
            else {
                plan.unconfigured += 1
                continue
            }
            let standing = series.standing(freshness)
            let wish = IngestBars.Payload(
                symbol: series.symbol, id: series.symbolID, series.assetType, series.timeframe,
                provider: series.provider)
            guard series.isDue(standing, service, calendar, now: now) else { continue }
            plan.stale += 1
            let isShut = shut.contains(series.provider), isKeyless = keyless.contains(series.provider)
            if isShut {
                plan.shut += 1
            } else if isKeyless {
                trials[series.provider, default: []].append(wish)
            } else if standing.behind > Self.manyBars, resting.contains(wish.dedupeKey) {
                plan.resting += 1
            } else if try IngestBars.enqueueOnce(wish, dedupeKey: wish.dedupeKey, in: &db).isNew {
                plan.queued += 1
            }
        }
        for wishes in trials.values {
            guard let wish = wishes.randomElement() else { continue }
            plan.shut += wishes.count - 1
            if try IngestBars.enqueueOnce(wish, dedupeKey: wish.dedupeKey, in: &db).isNew { plan.queued += 1 }
        }
        try StaleAlerts.tell(at: now, calendar, in: &db)
        return .completed(plan.json)
    }

    private struct Plan {
        var series = 0, stale = 0, queued = 0, resting = 0, shut = 0, unconfigured = 0

        var json: [UInt8] {
            Value.object(
                Object(
                    [
                        ("series", series), ("stale", stale), ("queued", queued), ("asked_lately", resting),
                        ("provider_open", shut), ("provider_not_configured", unconfigured),
                    ].map { ($0.0, .number(Number($0.1))) })
            ).bytes
        }
    }
}

extension ReachedSeries {
    /// Whether the vendor should have bars that are not stored: of a coin whatever is final, of a share what is of a session.
    /// The sessions of exchanges elsewhere nobody here knows; these are asked for when they are behind.
    fileprivate func isDue(
        _ standing: Freshness.Standing, _ service: ProviderService, _ calendar: TradingCalendar, now: Instant
    ) -> Bool {
        let final = service.finalThrough(timeframe, now: now)
        return switch assetType {
        case .equity where Listing.keepsNewYorkDays(exchange):
            calendar.lastCompletedSession(at: final).map { $0.day.start.microseconds > last } ?? false
        case .equity: standing.isStale
        case .crypto: final.microseconds > last + timeframe.microseconds
        }
    }
}

extension Query {
    fileprivate static func seriesOfVendors(_ providers: [String], _ assetType: AssetType?) -> Query<[ReachedSeries]> {
        .all(
            """
            SELECT \(ReachedSeries.columns) FROM \(ReachedSeries.tables)
            WHERE b.provider = ANY ($1::text[]) AND ($2::text IS NULL OR s.asset_type = $2)
            ORDER BY b.last DESC, s.symbol, b.interval
            """, providers, assetType, read: inOrder(ReachedSeries.init))
    }

    /// The keys of the imports that came to their end in the last hours.
    fileprivate static func importsDone(inHours hours: Int) -> Query<[String]> {
        .values(
            """
            SELECT dedupe_key FROM jobs WHERE job_type = $1 AND status IN ('completed', 'failed') AND dedupe_key IS NOT NULL
              AND finished_at > clock_timestamp() - make_interval(hours => $2::int)
            """, IngestBars.name, hours)
    }
}
