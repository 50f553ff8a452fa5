import Foundation
import HTTP
import JSON
import Market
import Synchronization

/// All vendors of prices on one server on loopback, each under its name: they page, limit and refuse as their documentation
/// says, and can be told to go wrong.
///
/// Prices are made up, the same for everyone who asks: ``bar(_:_:)`` says what they are. Coins have every hour and day since
/// 2020, shares the days of the exchange since then; Apple was split in two on ``splitDay``.
public final class TestVendors: Sendable {
    public static let keyID = "TESTKEY01"
    public static let secret = "a-vendors-secret-that-is-in-no-log"
    public static let splitDay = CalendarDay(year: 2024, month: 6, day: 10)!
    public static let listed = CalendarDay(year: 2020, month: 1, day: 1)!
    /// How many bars Alpaca puts on a page at most, whatever is asked for.
    public static let barsOnPage = 150

    /// What the next answers are instead, whoever asks.
    public typealias Fault = @Sendable (_ request: String, _ peer: LoopbackServer.Peer) -> Void

    private let holder = Mutex<LoopbackServer?>(nil)
    private let faults = Mutex<[Fault]>([])
    /// Unix microseconds.
    private let now: @Sendable () -> Int64

    /// - Parameter now: what time it is there, Unix microseconds.
    public init(now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e6) }) throws {
        self.now = now
        let server = try LoopbackServer(serving: { [weak self] request, peer in
            guard let self else { return }
            if let fault = faults.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return fault(request, peer) }
            peer.send(answer(request))
        })
        holder.withLock { $0 = server }
    }

    public var server: LoopbackServer { holder.withLock { $0! } }

    /// Where a vendor answers.
    public func address(of provider: String) -> String { "\(server.url)/\(provider)" }

    /// What a product is told to ask these vendors, with keys that they take.
    public var environment: [String: String] {
        var values = [
            "ALPACA_KEY_ID": Self.keyID, "ALPACA_SECRET_KEY": Self.secret, "TIINGO_TOKEN": Self.secret,
            "TIINGO_REQUESTS_AN_HOUR": "360000",
        ]
        for provider in ["coinbase", "binance", "alpaca", "tiingo"] {
            values[provider.uppercased() + "_URL"] = address(of: provider)
            values[provider.uppercased() + "_REQUESTS_A_MINUTE"] = provider == "tiingo" ? nil : "6000"
        }
        return values
    }

    /// The next request is answered in this way.
    public func fail(_ fault: @escaping Fault) { faults.withLock { $0.append(fault) } }

    public func fail(_ status: Int, _ fields: String = "", _ body: String = "") {
        fail { _, peer in peer.send(Self.response(status, Array(body.utf8), fields)) }
    }

    /// Of the bar that begins at a time: each opens where the one before closed.
    public static func bar(
        _ time: Int64, _ timeframe: Timeframe
    ) -> (open: Double, high: Double, low: Double, close: Double, volume: Double) {
        let number = time / timeframe.microseconds
        let open = 100 + Double(number % 50), close = 100 + Double((number + 1) % 50)
        return (open, max(open, close) + 1, min(open, close) - 1, close, Double(number % 1_000) + 0.5)
    }

    // MARK: Endpoints

    private struct Question {
        let path: [Substring]
        let query: QueryItems
        let fields: [String: String]

        init?(_ request: String) {
            let lines = request.split(separator: "\r\n", omittingEmptySubsequences: false)
            let words = (lines.first ?? "").split(separator: " ")
            guard words.count == 3, words[0] == "GET" else { return nil }
            let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard let query = try? QueryItems(parts.count == 2 ? parts[1] : ""), query.duplicates.isEmpty else {
                return nil
            }
            (path, self.query) = (parts[0].split(separator: "/"), query)
            let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
                guard let colon = line.range(of: ": ") else { return nil }
                return (line[..<colon.lowerBound].lowercased(), String(line[colon.upperBound...]))
            }
            fields = Dictionary(pairs) { first, _ in first }
        }

        func time(_ name: String) -> Int64? { query[name].flatMap { Instant($0)?.microseconds } }
    }

    private func answer(_ request: String) -> [UInt8] {
        guard let question = Question(request) else { return Self.response(400, []) }
        // All of them turn away who does not say what it is.
        guard question.fields["user-agent"] != nil else { return Self.response(403, []) }
        switch question.path.first {
        case "coinbase": return coinbase(question)
        case "binance": return binance(question)
        case "alpaca": return alpaca(question)
        case "tiingo": return tiingo(question)
        default: return Self.response(404, Array("<html>nothing here</html>".utf8))
        }
    }

    /// Starts of bars from one time to another, both included, the one under way among them.
    private func times(_ timeframe: Timeframe, _ from: Int64, _ to: Int64) -> StrideThrough<Int64> {
        let width = timeframe.microseconds, listed = Self.listed.start.microseconds
        let first = max(listed, (from + width - 1) / width * width)
        return stride(from: first, through: min(to, now()), by: Int64.Stride(width))
    }

    private func coinbase(_ question: Question) -> [UInt8] {
        func refusal(_ status: Int, _ message: String) -> [UInt8] { Self.json(status, ["message": .string(message)]) }
        guard question.path.count == 4, question.path[1] == "products", question.path[3] == "candles",
            ["BTC-USD", "ETH-USD"].contains(question.path[2])
        else { return refusal(404, "NotFound") }
        guard let timeframe = ["3600": Timeframe.hour, "86400": .day][question.query["granularity"] ?? ""] else {
            return refusal(400, "Unsupported granularity")
        }
        let width = timeframe.microseconds
        guard let start = question.time("start"), let end = question.time("end"), (end - start) / width < 300 else {
            return refusal(
                400, "granularity too small for the requested time range. Count of aggregations requested exceeds 300")
        }
        // One from before comes along where there is room.
        let rows = times(timeframe, start - width, end).suffix(300).reversed().map { time -> Value in
            let bar = Self.bar(time, timeframe)
            return .array(
                [.number(Number(Int(time / 1_000_000)))]
                    + [bar.low, bar.high, bar.open, bar.close, bar.volume].map { .number(Number($0)) })
        }
        return Self.json(200, .array(rows))
    }

    private func binance(_ question: Question) -> [UInt8] {
        func refusal(_ code: Int, _ message: String) -> [UInt8] {
            Self.json(400, ["code": .number(Number(code)), "msg": .string(message)])
        }
        guard question.path.dropFirst() == ["api", "v3", "klines"] else { return Self.response(404, []) }
        guard ["BTCUSDT", "ETHBTC"].contains(question.query["symbol"]) else { return refusal(-1121, "Invalid symbol.") }
        guard let timeframe = ["1h": Timeframe.hour, "1d": .day][question.query["interval"] ?? ""] else {
            return refusal(-1120, "Invalid interval.")
        }
        guard let start = question.query["startTime"].flatMap({ Int64($0) }),
            let end = question.query["endTime"].flatMap({ Int64($0) }), start <= end
        else { return refusal(-1100, "Illegal characters found in a parameter.") }
        let limit = min(1_000, question.query["limit"].flatMap { Int($0) } ?? 500)
        let rows = times(timeframe, start * 1_000, end * 1_000).prefix(limit).map { time -> Value in
            let bar = Self.bar(time, timeframe)
            let texts = [bar.open, bar.high, bar.low, bar.close, bar.volume].map { Value.string("\($0)000000") }
            let open = Int(time / 1_000)
            return .array(
                [.number(Number(open))] + texts + [
                    .number(Number(open + Int(timeframe.microseconds / 1_000) - 1)), "0", 1, "0", "0", "0",
                ])
        }
        return Self.json(200, .array(rows))
    }

    private func alpaca(_ question: Question) -> [UInt8] {
        func refusal(_ status: Int, _ message: String) -> [UInt8] { Self.json(status, ["message": .string(message)]) }
        let isOfShares = question.path.dropFirst() == ["v2", "stocks", "bars"]
        guard isOfShares || question.path.dropFirst() == ["v1beta3", "crypto", "us", "bars"] else {
            return refusal(404, "endpoint not found.")
        }
        if isOfShares {
            guard question.fields["apca-api-key-id"] == Self.keyID,
                question.fields["apca-api-secret-key"] == Self.secret
            else { return refusal(403, "forbidden.") }
            guard question.query["adjustment"] == "split" else { return refusal(400, "unexpected adjustment") }
        }
        guard let timeframe = ["1Hour": Timeframe.hour, "1Day": .day][question.query["timeframe"] ?? ""],
            let start = question.time("start"), let end = question.time("end"), start <= end,
            let limit = question.query["limit"].flatMap({ Int($0) }), (1...10_000).contains(limit)
        else { return refusal(400, "invalid parameter") }
        guard !isOfShares || question.query["feed"] != "sip" || end <= now() - 900_000_000 else {
            return refusal(403, "subscription does not permit querying recent SIP data")
        }
        let symbol = question.query["symbols"] ?? ""
        // What it does not know it has no bars of.
        guard (isOfShares ? ["AAPL", "BRK.B"] : ["BTC/USD"]).contains(symbol) else {
            return Self.json(200, ["bars": [:], "next_page_token": .null])
        }
        let all: [(time: Int64, stamp: Int64)] =
            isOfShares
            ? sessions(start - 86_400_000_000, end).compactMap { day in
                let midnight = NewYorkTime.instant(0, of: day).microseconds
                return start...end ~= midnight ? (day.start.microseconds, midnight) : nil
            } : times(timeframe, start, end).map { ($0, $0) }
        let from = question.query["page_token"].flatMap { Data(base64Encoded: $0) }.flatMap {
            Int64(String(decoding: $0, as: UTF8.self))
        }
        guard question.query["page_token"] == nil || from != nil else { return refusal(400, "invalid page token") }
        let rest = all.drop { $0.stamp < from ?? .min }
        let page = rest.prefix(min(limit, Self.barsOnPage))
        let next = rest.dropFirst(page.count).first.map { Data("\($0.stamp)".utf8).base64EncodedString() }
        let rows = page.map { time, stamp -> Value in
            let bar = Self.bar(time, timeframe)
            return [
                "t": .string(Instant(microseconds: stamp).textInSeconds), "o": .number(Number(bar.open)),
                "h": .number(Number(bar.high)), "l": .number(Number(bar.low)), "c": .number(Number(bar.close)),
                "v": .number(Number(bar.volume)), "n": 1, "vw": .number(Number(bar.open)),
            ]
        }
        return Self.json(
            200,
            ["bars": .object(Object([(symbol, .array(rows))])), "next_page_token": next.map { .string($0) } ?? .null])
    }

    private func tiingo(_ question: Question) -> [UInt8] {
        guard question.fields["authorization"] == "Token \(Self.secret)" else {
            return Self.json(401, ["detail": "Please supply a token"])
        }
        guard question.path.count == 5, question.path[1...2] == ["tiingo", "daily"], question.path[4] == "prices",
            ["aapl", "brk-b"].contains(question.path[3])
        else { return Self.json(404, ["detail": "Not found."]) }
        guard let start = question.query["startDate"].flatMap({ CalendarDay($0) }),
            let end = question.query["endDate"].flatMap({ CalendarDay($0) })
        else { return Self.json(400, ["detail": "Error: the date is none"]) }
        let isSplit = question.path[3] == "aapl"
        let rows = sessions(start.start.microseconds, end.start.microseconds).map { day -> Value in
            let bar = Self.bar(day.start.microseconds, .day)
            let paid = isSplit && day < Self.splitDay ? 2.0 : 1
            return [
                "date": .string("\(day)T00:00:00.000Z"), "close": .number(Number(bar.close * paid)),
                "high": .number(Number(bar.high * paid)), "low": .number(Number(bar.low * paid)),
                "open": .number(Number(bar.open * paid)), "volume": .number(Number(bar.volume / paid)),
                "adjClose": .number(Number(bar.close * 0.9)), "adjHigh": .number(Number(bar.high * 0.9)),
                "adjLow": .number(Number(bar.low * 0.9)), "adjOpen": .number(Number(bar.open * 0.9)),
                "adjVolume": .number(Number(bar.volume)), "divCash": 0.0,
                "splitFactor": .number(Number(isSplit && day == Self.splitDay ? 2.0 : 1)),
            ]
        }
        return Self.json(200, .array(rows))
    }

    /// The exchange's days from one time to another, both included, today among them from the opening on.
    private func sessions(_ from: Int64, _ to: Int64) -> [CalendarDay] {
        let calendar = TradingCalendar()
        return times(.day, from, to).compactMap { Instant(microseconds: $0).day }.filter { day in
            calendar.session(on: day).map { $0.open.microseconds <= now() } ?? false
        }
    }

    private static func json(_ status: Int, _ value: Value) -> [UInt8] {
        response(status, value.bytes, "Content-Type: application/json\r\n")
    }

    /// - Parameter fields: lines, each with its end.
    public static func response(_ status: Int, _ body: [UInt8], _ fields: String = "") -> [UInt8] {
        Array("HTTP/1.1 \(status) Status\r\nContent-Length: \(body.count)\r\n\(fields)Connection: close\r\n\r\n".utf8)
            + body
    }
}
