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
        guard let symbol = json["symbol_id"]?.numberValue?.int,
            let timeframe = json["interval"]?.stringValue.flatMap(Timeframe.init)
        else { throw PostgresError(.unexpectedResult, "a look at no series") }
        (self.symbol, self.timeframe) = (symbol, timeframe)
    }

    public var json: Object {
        ["symbol_id": .number(Number(symbol)), "interval": .string(timeframe.rawValue)]
    }
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
