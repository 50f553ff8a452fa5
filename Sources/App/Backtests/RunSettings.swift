import Backtest
import JSON
import Market
import Postgres

/// What a run is about: the same in the request for it, in its row, and where it is computed.
struct RunSettings: Sendable {
    let symbolID: Int
    let ticker: String
    let assetType: AssetType
    let timeframe: Timeframe
    /// First and last day, both included.
    let start: CalendarDay
    let end: CalendarDay
    /// Exact, with two decimals.
    let initialEquity: String
    let simulation: StoredOptions
    let periodsPerYear: Int

    init(
        _ symbol: SymbolRow, _ timeframe: Timeframe, from start: CalendarDay, to end: CalendarDay,
        initialEquity: String, _ options: SimulationOptions, periodsPerYear: Int
    ) {
        (symbolID, ticker, assetType) = (symbol.id, symbol.symbol, symbol.assetType)
        (self.timeframe, self.start, self.end) = (timeframe, start, end)
        (self.initialEquity, self.periodsPerYear) = (initialEquity, periodsPerYear)
        simulation = StoredOptions(options)
    }

    /// Of `backtest_runs r` and `symbols y`.
    static let columns = """
        r.symbol_id, y.symbol, y.asset_type, r.timeframe, r.start_date, r.end_date, r.initial_equity, r.options_json,
        r.periods_per_year
        """

    /// From ``columns``.
    init(_ row: inout RowReader) throws {
        (symbolID, ticker, assetType) = (try row.next(), try row.next(), try row.next())
        (timeframe, start, end) = (try row.next(), try row.next(), try row.next())
        initialEquity = try row.next()
        simulation = StoredOptions(try row.next(), initialEquity: initialEquity)
        periodsPerYear = try row.next()
    }

    var table: BarTable { BarTable(assetType, timeframe) }
    /// Of the first and the last bar there may be, Unix microseconds.
    var from: Int64 { start.start.microseconds }
    var to: Int64 { timeframe.lastBar(of: end) }
}
