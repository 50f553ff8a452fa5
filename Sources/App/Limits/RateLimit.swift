import HTTP
import Market
import Postgres

/// How often one user or address may call a route in a minute (api.md, "Limits"). A route names its limit in the table
/// of routes; the numbers are configuration.
enum RateLimit: String, Sendable, CaseIterable {
    /// Whatever a signed-in user calls that has no limit of its own; counted by user.
    case calls
    /// What makes the engine work: runs, verifications, previews, runners one by one; counted by user.
    case runs
    /// What holds a responder for as long as all of a user's data takes; counted by user.
    case exports
    /// Attempts to sign in or up; counted by address.
    case signIn = "sign_in"

    /// The length of the window in seconds.
    static let window = 60

    func perMinute(_ configuration: Configuration) -> Int {
        switch self {
        case .calls: configuration.rateLimitCalls
        case .runs: configuration.rateLimitRuns
        case .exports: configuration.rateLimitExports
        case .signIn: configuration.rateLimitSignIn
        }
    }

    /// Whether requests of one address are counted together, whoever sends them.
    var isOfAddress: Bool { self == .signIn }

    /// Where requests are counted, and how many a minute are let through.
    struct Allowance: Sendable {
        let bucket: String
        let perMinute: Int
    }

    /// Of the address that a request comes from; those of a user are counted under their id. A household has a whole IPv6
    /// /64 and could use any address in it.
    func allowance(of request: Request, _ configuration: Configuration) -> Allowance {
        Allowance(
            bucket: rawValue + "/" + ClientNetwork(request.remoteAddress).text, perMinute: perMinute(configuration))
    }

    /// What a client is told and sees coming: `RateLimit-*` in the form of draft-ietf-httpapi-ratelimit-headers-06, the
    /// one that clients know.
    struct Standing: Sendable, Equatable {
        /// Requests a minute.
        let limit: Int
        let isAdmitted: Bool
        /// Requests let through in this window and in the one before.
        let hits: Int
        let previousHits: Int
        /// Seconds since this window began, 0 to ``RateLimit/window``.
        let age: Double

        /// How many more requests would be let through at once.
        var remaining: Int {
            max(0, limit - hits - Int((Double(previousHits) * (1 - age / Double(window))).rounded(.up)))
        }

        /// Seconds until the window ends, at least 1.
        var reset: Int { max(1, Int((Double(window) - age).rounded(.up))) }

        /// Seconds after which a refused client is let through again, at least 1.
        var retryAfter: Int {
            let window = Double(RateLimit.window)
            var wait: Double
            if hits < limit {
                // The weight of the window before has to fall until one more fits.
                wait = window * (1 - Double(limit - 1 - hits) / Double(max(1, previousHits))) - age
            } else {
                wait = window - age + window * (1 - Double(limit - 1) / Double(hits))
            }
            wait = min(max(wait, 1), 2 * window)
            return Int(wait.rounded(.up))
        }

        var fields: Fields {
            [
                "RateLimit-Limit": String(limit), "RateLimit-Remaining": String(remaining),
                "RateLimit-Reset": String(reset), "RateLimit-Policy": "\(limit);w=\(window)",
            ]
        }

        /// - Throws: ``Problem`` 429 for one request too many.
        func check() throws {
            if isAdmitted { return }
            var fields = fields
            fields.append("Retry-After", String(retryAfter))
            throw Problem(
                .rateLimited, "At most \(counted(limit, "such request")) a minute. Try again in \(retryAfter) s.",
                fields: fields)
        }
    }
}

extension RateLimit.Standing {
    /// From the columns that ``RateLimit/sql(bucket:perMinute:from:)`` returns.
    init(_ limit: Int, _ row: inout RowReader) throws {
        self.init(
            limit: limit, isAdmitted: try row.next(), hits: try row.next(), previousHits: try row.next(),
            age: try row.next())
    }
}

extension RateLimit {
    /// Counts one request, or refuses it: one statement, so that no two processes let the same last request through.
    ///
    /// A window slides: requests of the minute before weigh as much as of it still lies within the last ``window`` seconds, so
    /// nobody gets twice the limit around the end of a window. What is refused is not counted: who waits as long as it
    /// was told is let through. The count is a fact even when the request then fails: not for a transaction.
    ///
    /// - Parameters: SQL for the bucket and the limit, and what they are taken from.
    static func sql(bucket: String, perMinute: String, from source: String) -> String {
        """
        INSERT INTO rate_limits AS l (bucket, window_start, hits, previous_hits, is_admitted)
        SELECT \(bucket), now(), 1, 0, true FROM \(source)
        ON CONFLICT (bucket) DO UPDATE SET (window_start, hits, previous_hits, is_admitted) = (
          SELECT w.began, w.hits + w.fits::int, w.previous, w.fits FROM (
            SELECT v.*, v.hits + 1 + v.previous
              * extract(epoch FROM v.began + interval '\(window) s' - greatest(now(), v.began))::float8 / \(window)
                <= \(perMinute)::int AS fits
            FROM (
              SELECT CASE a.windows WHEN 0 THEN l.window_start
                       WHEN 1 THEN l.window_start + interval '\(window) s' ELSE now() END AS began,
                     CASE a.windows WHEN 0 THEN l.hits ELSE 0 END AS hits,
                     CASE a.windows WHEN 0 THEN l.previous_hits WHEN 1 THEN l.hits ELSE 0 END AS previous
              FROM (SELECT CASE WHEN now() < l.window_start + interval '\(window) s' THEN 0
                                WHEN now() < l.window_start + interval '\(2 * window) s' THEN 1 ELSE 2 END AS windows) a
            ) v
          ) w)
        RETURNING is_admitted, hits, previous_hits, greatest(0, extract(epoch FROM now() - window_start)::float8)
        """
    }
}

extension Query {
    /// Counts a request of a bucket, or refuses it.
    static func counting(_ allowance: RateLimit.Allowance) -> Query<RateLimit.Standing> {
        .one(
            RateLimit.sql(bucket: "$1", perMinute: "$2", from: "(VALUES (1)) one"), allowance.bucket,
            allowance.perMinute
        ) { row in
            try RateLimit.Standing(allowance.perMinute, &row)
        }
    }

    /// Removes what no longer says anything, a bounded number of rows; what another process is counting is left to it.
    static func pruningRateLimits() -> Query<Int> {
        .change(
            """
            DELETE FROM rate_limits WHERE bucket IN (
              SELECT bucket FROM rate_limits WHERE window_start < now() - interval '\(2 * RateLimit.window) s'
              ORDER BY window_start LIMIT 5000 FOR UPDATE SKIP LOCKED)
            """)
    }
}
