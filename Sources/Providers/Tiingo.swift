import JSON
public import Market

/// Days of shares of the United States from Tiingo, for who has a key (a free one does): one answer has the whole range.
///
/// It gives prices as they were paid, the same adjusted for splits and dividends, and what was split on each day. Adjusted
/// for dividends, all of the past changes with every dividend, by too little to be noticed where new bars meet old ones; so
/// the paid prices are taken and divided by the splits after them, as Alpaca gives them. That takes all splits up to
/// today, so every range is asked for up to today.
///
/// Its coins are left out: how far one answer reaches, and what a day of many exchanges means, is documented nowhere.
public struct Tiingo: PriceProvider {
    public init() {}

    public let name = "tiingo"
    public let title = "Tiingo"
    public let services = [ProviderService(.equity, [.day], .split, needsKey: true, since: "1962-01-01")]

    public func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String? {
        guard assetType == .equity, let ticker = USTicker(symbol) else { return nil }
        return (ticker.root + (ticker.share.map { "-\($0)" } ?? "")).lowercased()
    }

    public func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd {
        let plan = try FetchPlan(request, of: self)
        guard let credentials = request.credentials else { throw ProviderError.unauthorized }
        guard !plan.wanted.isEmpty else { return FetchEnd(completeThrough: plan.completeThrough, requests: 0) }
        let answer = try exchange.get(
            ProviderRequest(
                "/tiingo/daily/\(plan.vendorSymbol)/prices",
                [
                    ("startDate", "\(plan.days.first)"),
                    ("endDate", Instant(microseconds: plan.latest).dayText), ("format", "json"),
                ], fields: [("Authorization", "Token \(credentials.secret)")]))
        var flow = BarFlow(plan)
        let bars = try flow.take(Self.rows(answer, symbol: plan.symbol))
        if bars.count > 0 { try deliver(bars) }
        return FetchEnd(completeThrough: plan.completeThrough, requests: 1, impossible: flow.impossible)
    }

    /// Rows with the date, prices as paid and the split of the day, oldest first: bars adjusted for the splits after them.
    package static func rows(_ answer: ProviderAnswer, symbol: String) throws(ProviderError) -> CandleSeries {
        // Its 403 is about the key.
        if answer.status == 403 { throw .unauthorized }
        if let refusal = answer.refusal(of: symbol) { throw refusal }
        // So it says, with 200, that one has asked too much in this hour, day or month.
        guard !answer.body.starts(with: "You have run over".utf8) else { throw .rateLimited(retryAfterSeconds: nil) }
        guard case .array(let values) = try answer.document(maximumBytes: 16 << 20) else {
            throw .upstream("the answer is no list of days")
        }
        var paid = CandleSeries(), splits: [Double] = []
        paid.reserveCapacity(values.count)
        splits.reserveCapacity(values.count)
        for row in AnswerRow.all(in: values) {
            let day = try row.members()
            // Midnight of the date at the exchange, though it says UTC.
            guard let text = day["date"]?.stringValue, text.utf8.count == 10 || text.utf8.dropFirst(10).first == 0x54,
                let date = CalendarDay(ascii: Array(text.utf8.prefix(10))[...])
            else { throw row.error }
            paid.append(
                time: date.start.microseconds, open: try row.decimal(day["open"]), high: try row.decimal(day["high"]),
                low: try row.decimal(day["low"]), close: try row.decimal(day["close"]),
                // Of some old days it gives no volume, as files do.
                volume: day["volume"]?.isNull == true ? 0 : try row.decimal(day["volume"]))
            splits.append(try row.decimal(day["splitFactor"]))
        }
        return try adjusted(paid, splits)
    }

    /// The bars with what was split after each of them taken out, oldest first.
    private static func adjusted(_ paid: CandleSeries, _ splits: [Double]) throws(ProviderError) -> CandleSeries {
        var factors = [Double](repeating: 1, count: paid.count)
        var factor = 1.0, later: Int?
        let order = BarFlow.chronology(of: paid.times)
        for row in order.reversed() {
            if let later, paid.times[later] == paid.times[row] {
                guard splits[later] == splits[row] else { throw .badBars("a day of the answer is split in two ways") }
            } else if let later {
                factor *= splits[later]
            }
            guard splits[row] > 0, (1e-9...1e9).contains(factor) else {
                throw .badBars("a day of the answer is split by what nothing can be split by")
            }
            factors[row] = factor
            later = row
        }
        var bars = CandleSeries()
        bars.reserveCapacity(paid.count)
        for row in order {
            let factor = factors[row]
            bars.append(
                time: paid.times[row], open: divided(paid.open[row], by: factor),
                high: divided(paid.high[row], by: factor), low: divided(paid.low[row], by: factor),
                close: divided(paid.close[row], by: factor),
                volume: factor == 1 ? paid.volume[row] : rounded(paid.volume[row] * factor))
        }
        return bars
    }

    /// To six decimals, as vendors give what they have divided: so that prices lie on a grid.
    private static func divided(_ price: Double, by factor: Double) -> Double {
        factor == 1 ? price : rounded(price / factor)
    }

    private static func rounded(_ value: Double) -> Double {
        let millionths = value * 1e6
        return millionths.magnitude < 0x1p51 ? TickScale.nearestWhole(millionths) / 1e6 : value
    }
}
