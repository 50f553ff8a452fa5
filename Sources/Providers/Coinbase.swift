public import Market

/// Candles of Coinbase Exchange: coins in dollars, euros and other coins, as far back as it has traded them, without a key.
///
/// Asked for in windows of its 300 candles, both ends included: more is refused. What there was no trade in is left out, and
/// what was before the window may come along (docs.cdp.coinbase.com, "Get product candles").
public struct Coinbase: PriceProvider {
    public init() {}

    public let name = "coinbase"
    public let title = "Coinbase Exchange"
    public let address = "https://api.exchange.coinbase.com"
    /// It takes 600 of an address and does not like to be polled.
    public let requestsAMinute = 300
    public let services = [ProviderService(.crypto, [.day, .hour], since: "2014-12-01")]

    private static let candles: Int64 = 300

    public func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String? {
        assetType == .crypto && Pair(symbol) != nil ? symbol : nil
    }

    public func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd {
        let plan = try FetchPlan(request, of: self)
        let width = plan.timeframe.microseconds
        var flow = BarFlow(plan), requests = 0, start = plan.wanted.lowerBound
        while start < plan.wanted.upperBound {
            let window = start..<min(start + Self.candles * width, plan.wanted.upperBound)
            let answer = try exchange.get(Self.question(plan, window))
            requests += 1
            let bars = try flow.take(Self.rows(answer, symbol: plan.symbol), in: window)
            if bars.count > 0 { try deliver(bars) }
            start = window.upperBound
        }
        return FetchEnd(completeThrough: plan.completeThrough, requests: requests)
    }

    private static func question(_ plan: FetchPlan, _ window: Range<Int64>) -> ProviderRequest {
        let width = plan.timeframe.microseconds
        return ProviderRequest(
            "/products/\(plan.vendorSymbol)/candles",
            [
                ("granularity", "\(width / 1_000_000)"),
                ("start", Instant(microseconds: window.lowerBound).textInSeconds),
                ("end", Instant(microseconds: window.upperBound - width).textInSeconds),
            ])
    }

    /// Rows of time, low, high, open, close, volume, the newest first; times are Unix seconds.
    package static func rows(_ answer: ProviderAnswer, symbol: String) throws(ProviderFailure) -> CandleSeries {
        if let refusal = answer.refusal(of: symbol) { throw refusal }
        guard case .array(let values) = try answer.document(maximumBytes: 262_144) else {
            throw .upstream("the answer is no list of candles")
        }
        var bars = CandleSeries()
        bars.reserveCapacity(values.count)
        for row in AnswerRow.all(in: values) {
            let cells = try row.cells(atLeast: 6)
            bars.append(
                time: try row.time(cells[0], unit: 1_000_000), open: try row.decimal(cells[3]),
                high: try row.decimal(cells[2]), low: try row.decimal(cells[1]), close: try row.decimal(cells[4]),
                volume: try row.decimal(cells[5]))
        }
        return bars
    }
}
