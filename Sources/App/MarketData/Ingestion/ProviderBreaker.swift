import Market
import Postgres
import Providers

/// Whether a vendor of bars may be asked at the moment: a circuit breaker for each, in the database and so the same for all
/// hosts (V0141__create_provider_states.sql).
enum ProviderBreaker {
    /// So many failures one after the other open it.
    static let failures = 5
    /// For how long it is open, in seconds: twice as long after each failure more.
    static let firstPause = 60, longestPause = 900
    /// For how long one job has the vendor to itself once the pause is over.
    static let probe = 180

    enum BreakerState: String, Sendable, CaseIterable {
        case closed, open
        /// The pause is over: one job asks, and its answer decides.
        case halfOpen = "half_open"
    }

    /// Whether a vendor may be asked.
    enum Entry: Equatable {
        /// It may, from this moment of the database's clock on.
        case open(Instant)
        /// Nobody may before so many seconds are over, and whether that is because a job tries it.
        case shut(seconds: Int, isTried: Bool)
        /// Nobody may, and to wait helps nobody: it does not take the key.
        case keyRefused
    }

    /// When a job comes again that found it shut: those who wait do not all come at the moment at which one may ask, and of
    /// a vendor that fails on they come the more seldom the longer its pauses are.
    static func secondsAway(_ shut: Int) -> Double {
        Double(shut) + .random(in: 0...Double(max(shut, firstPause)))
    }

    /// Asks whether a vendor may be asked. When its pause is over the first who asks this may, and everybody else waits for
    /// what comes of it.
    static func entry(to provider: String, in db: inout Connection) throws -> Entry {
        try db.transaction(opening: .lockingState(of: provider)) { db, state in
            let open = Entry.open(state.now)
            guard let left = state.left else { return open }
            if left > 0 {
                return state.isKeyRefused && !state.isTried ? .keyRefused : .shut(seconds: left, isTried: state.isTried)
            }
            try db.run(
                .change(
                    """
                    UPDATE provider_states SET (open_until, tried_until) = (
                      SELECT until, until FROM (SELECT clock_timestamp() + make_interval(secs => $2) AS until) AS probe)
                    WHERE provider = $1
                    """, provider, Double(probe)))
            return open
        }
    }

    /// The vendor answered, with bars or with a refusal of what was asked: there is nothing wrong with the vendor. Who has
    /// been asking since before it failed knows less than who opened the breaker, and leaves it open.
    ///
    /// - Parameters:
    ///   - began: when it was asked, as ``entry(to:in:)`` says.
    ///   - hasBars: it gave what it was asked for.
    static func answered(_ provider: String, since began: Instant, hasBars: Bool) -> Query<Int> {
        let isOlder = "s.open_until IS NOT NULL AND s.last_failure_at > $3::timestamptz"
        return .change(
            """
            INSERT INTO provider_states AS s (provider, last_success_at)
            VALUES ($1, CASE WHEN $2::boolean THEN clock_timestamp() END)
            ON CONFLICT (provider) DO UPDATE SET failures = CASE WHEN \(isOlder) THEN s.failures ELSE 0 END,
              open_until = CASE WHEN \(isOlder) THEN s.open_until END,
              failing_since = CASE WHEN \(isOlder) THEN s.failing_since END,
              refused_at = CASE WHEN s.refused_at > $3::timestamptz THEN s.refused_at END,
              last_success_at = coalesce(excluded.last_success_at, s.last_success_at)
            """, provider, hasBars, began)
    }

    /// Whether an answer to what was asked then is the first since the vendor did not take the key. It is about to be noted.
    static func hasTakenKey(_ provider: String, since began: Instant) -> Query<Bool?> {
        .first(
            "SELECT coalesce(refused_at <= $2::timestamptz, false) FROM provider_states WHERE provider = $1 FOR UPDATE",
            provider, began)
    }

    /// Whether a job has waited so many days for a vendor that has failed for all of them.
    static func hasWaited(_ job: String, for provider: String, days: Int) -> Query<Bool> {
        .value(
            """
            SELECT coalesce((
              SELECT greatest(j.created_at, p.failing_since) < clock_timestamp() - make_interval(days => $3::int)
              FROM jobs j, provider_states p WHERE j.id = $1::uuid AND p.provider = $2 AND p.failing_since IS NOT NULL), false)
            """, job, provider, days)
    }

    /// The vendor was not asked, or not to the end. Whoever had it to themselves leaves it to the next.
    static func left(_ provider: String, since began: Instant) -> Query<Int> {
        .change(
            """
            UPDATE provider_states SET open_until = clock_timestamp()
            WHERE provider = $1 AND open_until IS NOT NULL AND last_failure_at <= $2::timestamptz
            """, provider, began)
    }

    /// The vendor failed. One that wants to be left alone is at once, for as long as it says; where it does not say, the
    /// pauses grow as those of one that fails.
    static func failed(_ provider: String, _ error: ProviderError) -> Query<Int> {
        var wished: Double?, isLimited = false
        if case .rateLimited(let seconds) = error { (wished, isLimited) = (seconds.map { Double(max($0, 1)) }, true) }
        // A failure of the job that had the vendor to itself leaves the breaker open.
        let enough = isLimited ? 1 : failures
        let count = "coalesce(s.failures, 0) + 1", excess = "least(greatest(\(count) - \(enough), 0), 20)"
        let pause = """
            make_interval(secs => coalesce($3::float8, least(\(longestPause), \(firstPause) * power(2, \(excess)))))
            """
        return .change(
            """
            INSERT INTO provider_states AS old (provider, failures, open_until, last_failure_at, last_error_code,
              failing_since, refused_at)
            SELECT $1, \(count), CASE WHEN \(count) >= \(enough) OR s.open_until IS NOT NULL
                THEN clock_timestamp() + \(pause) END, clock_timestamp(), $2, clock_timestamp(),
              CASE WHEN $2 = $4 THEN clock_timestamp() END
            FROM (SELECT $1::text AS provider) asked LEFT JOIN provider_states s USING (provider)
            ON CONFLICT (provider) DO UPDATE SET failures = old.failures + 1, open_until = excluded.open_until,
              last_failure_at = excluded.last_failure_at, last_error_code = excluded.last_error_code,
              failing_since = coalesce(old.failing_since, excluded.failing_since),
              refused_at = coalesce(excluded.refused_at, old.refused_at)
            """, provider, error.code, wished, ProviderError.unauthorized.code)
    }
}

/// How a vendor has answered lately.
struct ProviderStanding: Sendable {
    let provider: String
    let state: ProviderBreaker.BreakerState
    let failures: Int
    /// When it may be asked again; nil unless the breaker is open.
    let openUntil: Instant?
    let lastSuccess: Instant?
    let lastFailure: Instant?
    let lastErrorCode: String?

    /// Since it was asked last, as far as anybody knows.
    var isKeyRefused: Bool { failures > 0 && lastErrorCode == ProviderError.unauthorized.code }
}

extension Query {
    /// Seconds until the vendor may be asked, 0 when its pause is over, nil when nobody has anything against it; whether a
    /// job tries it until then; whether it did not take the key; and the time.
    fileprivate static func lockingState(
        of provider: String
    ) -> Query<(left: Int?, isTried: Bool, isKeyRefused: Bool, now: Instant)> {
        .one(
            """
            SELECT CASE WHEN open_until IS NOT NULL
                THEN greatest(0, ceil(extract(epoch FROM open_until - clock_timestamp())))::int END,
              coalesce(open_until = tried_until, false), coalesce(failures > 0 AND last_error_code = $2, false),
              clock_timestamp()
            FROM (SELECT) AS asked LEFT JOIN (
              SELECT open_until, tried_until, failures, last_error_code FROM provider_states WHERE provider = $1 FOR UPDATE
            ) AS state ON true
            """, provider, ProviderError.unauthorized.code
        ) { row in
            (left: try row.next(), isTried: try row.next(), isKeyRefused: try row.next(), now: try row.next())
        }
    }

    /// Of the vendors that were ever asked.
    static func providerStandings() -> Query<[ProviderStanding]> {
        .all(
            """
            SELECT provider, open_until IS NOT NULL,
              coalesce(open_until > clock_timestamp() AND open_until IS DISTINCT FROM tried_until, false), failures, open_until,
              last_success_at, last_failure_at, last_error_code
            FROM provider_states ORDER BY provider
            """
        ) { row in
            let provider: String = try row.next(), hasPause: Bool = try row.next(), isOpen: Bool = try row.next()
            let failures: Int = try row.next(), until: Instant? = try row.next()
            return ProviderStanding(
                provider: provider, state: isOpen ? .open : hasPause ? .halfOpen : .closed, failures: failures,
                openUntil: isOpen ? until : nil, lastSuccess: try row.next(), lastFailure: try row.next(),
                lastErrorCode: try row.next())
        }
    }
}
