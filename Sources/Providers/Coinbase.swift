public import Market

/// Candles of Coinbase Exchange: coins in dollars, euros and other coins, as far back as it has traded them, without a key.
///
/// Asked for in windows of its 300 candles, both ends included: more is refused. What there was no trade in is left out, and
/// what was before the window may come along (docs.cdp.coinbase.com, "Get product candles").
public struct Coinbase: PriceProvider {
    public init() {}

    public let name = "coinbase"
    public let title = "Coinbase Exchange"
    public let services = [ProviderService(.crypto, [.day, .hour], since: "2014-12-01")]

    private static let candles: Int64 = 300
    /// A range of no more of them is asked for as it is.
    private static let fewWindows: Int64 = 12

    public func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String? {
        assetType == .crypto && Pair(symbol) != nil ? symbol : nil
    }

    public func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd {
        let plan = try FetchPlan(request, of: self)
        var flow = BarFlow(plan), requests = 0, start = try firstTrade(plan, exchange, &requests)
        while start < plan.wanted.upperBound {
            let window = Self.window(from: start, to: plan.wanted.upperBound, plan.timeframe)
            let answer = try exchange.get(Self.question(plan, window, plan.timeframe))
            requests += 1
            let bars = try flow.take(Self.rows(answer, symbol: plan.symbol), in: window)
            if bars.count > 0 { try deliver(bars) }
            start = window.upperBound
        }
        return FetchEnd(
            completeThrough: plan.completeThrough, requests: requests, impossible: flow.impossible)
    }

    /// Where the hours of a long range begin that are worth asking for: most coins are younger than the exchange, and a
    /// window of days tells of the time of 24 windows of hours whether there was a trade.
    private func firstTrade(
        _ plan: FetchPlan, _ exchange: any ProviderExchange, _ requests: inout Int
    ) throws(ProviderError) -> Int64 {
        let wanted = plan.wanted, width = plan.timeframe.microseconds
        guard plan.timeframe != .day, (wanted.upperBound - wanted.lowerBound) / width > Self.candles * Self.fewWindows
        else { return wanted.lowerBound }
        var start = wanted.lowerBound - wanted.lowerBound.remainder(of: Timeframe.day.microseconds)
        while start < wanted.upperBound {
            let window = Self.window(from: start, to: wanted.upperBound, .day)
            let rows = try Self.rows(try exchange.get(Self.question(plan, window, .day)), symbol: plan.symbol)
            requests += 1
            if let first = rows.times.filter(window.contains).min() { return max(wanted.lowerBound, first) }
            start = window.upperBound
        }
        return wanted.upperBound
    }

    /// As many as are answered at once, of whole candles.
    private static func window(from start: Int64, to end: Int64, _ timeframe: Timeframe) -> Range<Int64> {
        let width = timeframe.microseconds
        return start..<min(start + candles * width, end + (width - (end - start).remainder(of: width)) % width)
    }

    private static func question(
        _ plan: FetchPlan, _ window: Range<Int64>, _ timeframe: Timeframe
    ) -> ProviderRequest {
        ProviderRequest(
            "/products/\(plan.vendorSymbol)/candles",
            [
                ("granularity", "\(timeframe.microseconds / 1_000_000)"),
                ("start", Instant(microseconds: window.lowerBound).textInSeconds),
                ("end", Instant(microseconds: window.upperBound - timeframe.microseconds).textInSeconds),
            ])
    }

    /// Rows of time, low, high, open, close, volume, the newest first; times are Unix seconds.
    package static func rows(_ answer: ProviderAnswer, symbol: String) throws(ProviderError) -> CandleSeries {
        if let refusal = answer.refusal(of: symbol) { throw refusal }
        guard case .array(let values) = try answer.document(maximumBytes: 262_144) else {
            throw .upstream("the answer is no list of candles")
        }
        var bars = CandleSeries()
        bars.reserveCapacity(values.count)
        for row in AnswerRow.all(in: values) {
            let cells = try row.cells(minimum: 6)
            bars.append(
                time: try row.time(cells[0], unit: 1_000_000), open: try row.decimal(cells[3]),
                high: try row.decimal(cells[2]), low: try row.decimal(cells[1]), close: try row.decimal(cells[4]),
                volume: try row.decimal(cells[5]))
        }
        return bars
    }
}
