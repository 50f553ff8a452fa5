public import JSON
public import Jobs
public import Postgres

/// The job that checks the series of a symbol after its bars have changed (V0140__check_bars_when_they_change.sql queues it).
public struct CheckBars: JobKind {
    public static let name = "check_bars"
    public static let noun = "check"
    /// There is one for every change of every series.
    public static let retentionDays = 1
    public static let isRationed = false
    public static let waitsForDisk = false

    public struct Payload: JobPayload {
        let symbol: Int
        /// Whether a series is looked at that was checked as it is.
        var always = false

        init(symbol: Int, always: Bool = false) { (self.symbol, self.always) = (symbol, always) }

        public init(json: Object) throws {
            guard let symbol = json["symbol_id"]?.numberValue?.int else {
                throw PostgresError(.unexpectedResult, "a check of no symbol")
            }
            self.init(symbol: symbol, always: json["always"] == true)
        }

        public var json: Object {
            var json: Object = ["symbol_id": .number(Number(symbol))]
            if always { json["always"] = true }
            return json
        }
    }

    public let timeoutMilliseconds = 600_000

    public init() {}

    public func run(_ payload: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        _ = try BarChecks.check(symbol: payload.symbol, always: payload.always, in: &db)
        return .completed(nil)
    }
}
