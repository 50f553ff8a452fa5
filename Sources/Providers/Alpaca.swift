import JSON
public import Market

/// Bars of Alpaca: shares of the United States for who has a key (a free one does), and coins on its own exchange.
///
/// Shares come from the consolidated tape (`feed=sip`) and not from IEX, which has a thirtieth of the volume; free keys get
/// all of it but the last quarter of an hour, and no day is asked for before it is final. They are adjusted for splits, so
/// that a series has no jump where a company has cut its shares, and prices are those that were paid. Pages go on by token
/// (docs.alpaca.markets, "Historical bars").
public struct Alpaca: PriceProvider {
    public init() {}

    public let name = "alpaca"
    public let title = "Alpaca"
    public let services = [
        ProviderService(.equity, [.day], .split, needsKey: true, since: "2016-01-01"),
        ProviderService(.crypto, [.day, .hour], since: "2021-01-01"),
    ]

    private static let limit = 10_000
    /// Pages are smaller than asked for where bars are made of minutes, and a page ends with so many of these: one of hours
    /// has about 170 (ccxt, pull request 30108). Fewer than this on every page of a long answer are no pages.
    private static let fewestOnPage = 4
    /// Pages of any answer.
    private static let somePages = 16

    public func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String? {
        switch assetType {
        case .equity: USTicker(symbol).map { $0.root + ($0.share.map { ".\($0)" } ?? "") }
        case .crypto: Pair(symbol).map { "\($0.base)/\($0.quote)" }
        }
    }

    public func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd {
        let plan = try FetchPlan(request, of: self)
        let fields = try Self.fields(request.credentials)
        var flow = BarFlow(plan), requests = 0, token: String?, seen: Set<String> = []
        guard !plan.wanted.isEmpty else { return FetchEnd(completeThrough: plan.completeThrough, requests: 0) }
        repeat {
            guard requests <= Self.somePages + plan.maximum / Self.fewestOnPage else {
                throw ProviderError.upstream("the answer has pages without end")
            }
            let answer = try exchange.get(Self.question(plan, token, fields))
            requests += 1
            let page = try Self.page(answer, plan.vendorSymbol, plan.assetType, symbol: plan.symbol)
            let bars = try flow.take(page.rows)
            if bars.count > 0 { try deliver(bars) }
            token = page.next
            if let token, !seen.insert(token).inserted {
                throw ProviderError.upstream("the answer sends us round the same pages")
            }
        } while token != nil
        return FetchEnd(
            completeThrough: plan.completeThrough, requests: requests, impossible: flow.impossible)
    }

    private static func fields(_ credentials: Credentials?) throws(ProviderError) -> [(name: String, value: String)] {
        guard let credentials else { return [] }
        guard let keyID = credentials.keyID else { throw .unauthorized }
        return [("APCA-API-KEY-ID", keyID), ("APCA-API-SECRET-KEY", credentials.secret)]
    }

    private static func question(
        _ plan: FetchPlan, _ token: String?, _ fields: [(name: String, value: String)]
    ) -> ProviderRequest {
        var query = [
            ("symbols", plan.vendorSymbol), ("timeframe", plan.timeframe == .day ? "1Day" : "1Hour"),
            ("start", Instant(microseconds: plan.wanted.lowerBound).textInSeconds),
        ]
        let path: String
        switch plan.assetType {
        case .equity:
            // A day begins at midnight in New York, four or five hours after the UTC midnight that it is stored under: this
            // end is after the last one's and before the next one's.
            path = "/v2/stocks/bars"
            query += [
                ("end", Instant(microseconds: plan.wanted.upperBound).textInSeconds), ("adjustment", "split"),
                ("feed", "sip"),
            ]
        case .crypto:
            // The end is included.
            path = "/v1beta3/crypto/us/bars"
            query.append(("end", Instant(microseconds: plan.wanted.upperBound - 1_000_000).textInSeconds))
        }
        query += [("limit", "\(limit)"), ("sort", "asc")]
        if let token { query.append(("page_token", token)) }
        return ProviderRequest(path, query.map { (name: $0.0, value: $0.1) }, fields: fields)
    }

    package struct Page {
        package let rows: CandleSeries
        /// What asks for the next page; nil: there is none.
        package let next: String?
    }

    /// Rows under the symbol, oldest first.
    package static func page(
        _ answer: ProviderAnswer, _ vendorSymbol: String, _ assetType: AssetType, symbol: String
    ) throws(ProviderError) -> Page {
        // Its 403 is about the key or what the key may.
        if answer.status == 403 { throw .unauthorized }
        if answer.status == 400, let document = try? answer.document(maximumBytes: 65_536),
            document.objectValue?["message"]?.stringValue?.hasPrefix("invalid symbol") == true
        {
            throw .notFound(symbol: symbol)
        }
        if let refusal = answer.refusal(of: symbol) { throw refusal }
        guard let document = try answer.document(maximumBytes: 4 << 20).objectValue, let bars = document["bars"] else {
            throw .upstream("the answer has no bars in it")
        }
        let next: String?
        switch document["next_page_token"] {
        case nil, .null?: next = nil
        case .string(let token)? where (1...1_024).contains(token.utf8.count): next = token
        default: throw .upstream("the answer has a token that is none")
        }
        guard let members = bars.objectValue?.members ?? (bars.isNull ? [] : nil) else {
            throw .upstream("the answer has no bars in it")
        }
        guard members.allSatisfy({ $0.name == vendorSymbol }) else {
            throw .upstream("the answer has bars of another symbol")
        }
        guard let first = members.first, !first.value.isNull else { return Page(rows: CandleSeries(), next: next) }
        guard let values = first.value.arrayValue else { throw .upstream("the answer has no bars in it") }
        return Page(rows: try rows(values, assetType), next: next)
    }

    private static func rows(_ values: [Value], _ assetType: AssetType) throws(ProviderError) -> CandleSeries {
        var bars = CandleSeries()
        bars.reserveCapacity(values.count)
        for row in AnswerRow.all(in: values) {
            let bar = try row.members()
            var time = try row.instant(bar["t"])
            if assetType == .equity {
                guard let day = NewYorkTime.day(at: time), NewYorkTime.instant(0, of: day) == time else {
                    throw .badBars("the answer has a day that does not begin at midnight in New York")
                }
                time = day.start
            }
            bars.append(
                time: time.microseconds, open: try row.decimal(bar["o"]), high: try row.decimal(bar["h"]),
                low: try row.decimal(bar["l"]), close: try row.decimal(bar["c"]), volume: try row.decimal(bar["v"]))
        }
        return bars
    }
}
