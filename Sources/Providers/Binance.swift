import JSON
public import Market

/// Spot klines of Binance, without a key, from its host for public data. Its coins are priced in USDT, USDC and other coins,
/// which are no dollars: a pair in USD it does not have.
///
/// Answers up to 1000 bars from a time on, oldest first (binance-spot-api-docs, "Kline/Candlestick data"). After its outage of
/// February 2018 its hours began at 28 minutes past for two days (binance-public-data, issue 77); these are left out.
public struct Binance: PriceProvider {
    public init() {}

    public let name = "binance"
    public let title = "Binance"
    public let services = [ProviderService(.crypto, [.day, .hour], since: "2017-07-01")]

    private static let limit = 1_000

    public func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String? {
        guard assetType == .crypto, let pair = Pair(symbol) else { return nil }
        let name = pair.base + pair.quote
        // Without the mark between them BTCU-SDT would be BTC-USDT.
        return Self.quotes.contains(pair.quote) ? name : nil
    }

    /// What its coins are priced in: no end of one of these is another.
    static let quotes: Set = Currency.dollarCoins.union([
        "BTC", "ETH", "BNB", "XRP", "TRX", "DOGE", "SOL",
        "EUR", "EURI", "GBP", "AUD", "TRY", "BRL", "JPY", "RUB", "UAH", "NGN", "ZAR", "PLN", "RON", "ARS", "MXN", "CZK",
        "COP", "IDRT", "BIDR",
    ])

    public func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd {
        let plan = try FetchPlan(request, of: self)
        var flow = BarFlow(plan, leavesOutOffGrid: true), requests = 0, start = plan.wanted.lowerBound
        while start < plan.wanted.upperBound {
            let answer = try exchange.get(Self.question(plan, from: start))
            requests += 1
            let rows = try Self.rows(answer, symbol: plan.symbol)
            let bars = try flow.take(rows)
            if bars.count > 0 { try deliver(bars) }
            guard rows.count >= Self.limit else { break }
            guard bars.count > 0, let last = flow.last else {
                throw ProviderError.upstream("the answer gets no further than those before it")
            }
            start = last + plan.timeframe.microseconds
        }
        return FetchEnd(
            completeThrough: plan.completeThrough, requests: requests, leftOut: flow.leftOut,
            impossible: flow.impossible)
    }

    private static func question(_ plan: FetchPlan, from start: Int64) -> ProviderRequest {
        ProviderRequest(
            "/api/v3/klines",
            [
                ("symbol", plan.vendorSymbol), ("interval", plan.timeframe == .day ? "1d" : "1h"),
                ("startTime", "\(start / 1_000)"), ("endTime", "\(plan.wanted.upperBound / 1_000 - 1)"),
                ("limit", "\(limit)"),
            ])
    }

    /// Rows of open time, open, high, low, close, volume of the base coin and more, the oldest first; times are Unix
    /// milliseconds, prices and volumes are texts.
    package static func rows(_ answer: ProviderAnswer, symbol: String) throws(ProviderError) -> CandleSeries {
        // 403, 418, 429 and 451 come from what stands before the service, and have no reason of its own.
        if answer.status == 400, let document = try? answer.document(maximumBytes: 65_536),
            let reason = reason(document, symbol: symbol)
        {
            throw reason
        }
        if let refusal = answer.refusal(of: symbol) { throw refusal }
        let document = try answer.document(maximumBytes: 1 << 20)
        guard case .array(let values) = document else {
            throw reason(document, symbol: symbol) ?? .upstream("the answer is no list of bars")
        }
        var bars = CandleSeries()
        bars.reserveCapacity(values.count)
        for row in AnswerRow.all(in: values) {
            let cells = try row.cells(minimum: 6)
            bars.append(
                time: try row.time(cells[0], unit: 1_000), open: try row.decimal(cells[1]),
                high: try row.decimal(cells[2]), low: try row.decimal(cells[3]), close: try row.decimal(cells[4]),
                volume: try row.decimal(cells[5]))
        }
        return bars
    }

    /// By the `code` of an error (binance-spot-api-docs, "Error codes"); nil: it is none.
    private static func reason(_ document: Value, symbol: String) -> ProviderError? {
        switch document.objectValue?["code"]?.numberValue?.int {
        case .some(-1_121): .notFound(symbol: symbol)
        case .some(-1_003): .rateLimited(retryAfterSeconds: nil)
        case .some(let code): .badRequest("the provider does not take the request (its code is \(code))")
        case .none: nil
        }
    }
}
