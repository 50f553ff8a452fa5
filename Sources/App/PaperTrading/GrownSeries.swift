public import JSON
public import Jobs
import Market
import Postgres

/// What jobs are told that look at the new bars of a series.
public struct GrownSeries: JobPayload {
    let symbol: Int
    let timeframe: Timeframe

    init(_ symbol: Int, _ timeframe: Timeframe) { (self.symbol, self.timeframe) = (symbol, timeframe) }

    public init(json: Object) throws {
        guard let symbol = json[Self.symbolName]?.numberValue?.int,
            let timeframe = json[Self.timeframeName]?.stringValue.flatMap(Timeframe.init)
        else { throw PostgresError(.unexpectedResult, "a look at no series") }
        (self.symbol, self.timeframe) = (symbol, timeframe)
    }

    public var json: Object {
        [Self.symbolName: .number(Number(symbol)), Self.timeframeName: .string(timeframe.rawValue)]
    }

    private static let symbolName = "symbol_id", timeframeName = "interval"

    /// SQL for the same, of a row of `bar_series`.
    fileprivate static func sql(_ series: String) -> String {
        "jsonb_build_object('\(symbolName)', \(series).symbol_id, '\(timeframeName)', \(series).interval)"
    }
}

extension JobKind where Payload == GrownSeries {
    /// SQL that queues a job for each of some series, as the kind's trigger has done, or has missed.
    ///
    /// - Parameter choice: what follows `FROM bar_series b`.
    static func queueing(_ choice: String) -> String {
        """
        INSERT INTO jobs (job_type, payload_json, dedupe_key)
        SELECT DISTINCT '\(name)', \(GrownSeries.sql("b")),
          '\(name)/' || b.symbol_id || '/' || b.interval || '/' || b.revision
        FROM bar_series b \(choice)
        ON CONFLICT DO NOTHING
        """
    }
}

/// A job that lets something meet the new bars of a series. It is soon queued again, and what a crash of the server takes
/// away it does anew.
public protocol SeriesFollower: JobKind where Payload == GrownSeries {}

extension SeriesFollower {
    public static var retry: Retry? { Retry(firstSeconds: 2, maximumSeconds: 300) }
    public static var retentionDays: Int { 1 }
    public static var isRationed: Bool { false }
    public static var isUrgent: Bool { true }
    public static var waitsForDisk: Bool { false }
}

extension Error {
    /// Whether it is of the account or runner at hand, and would come again however often that is tried: it holds up none of
    /// the others.
    var isOfOne: Bool {
        switch self {
        case is AmountError, is AuditError: true
        case let error as PostgresError: !error.mayPass
        default: false
        }
    }
}
