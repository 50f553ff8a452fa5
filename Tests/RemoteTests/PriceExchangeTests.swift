import Daemon
import Glibc
import HTTPClient
import Market
import Providers
import Synchronization
import TestSupport
import Testing

@testable import Remote

/// Against vendors on loopback that page, limit and refuse as theirs do, and against servers that do what none should.
@Suite struct PriceExchangeTests {
    private static let noon = Instant("2025-03-03T17:30:00Z")!.microseconds

    /// What is waited, told and not done.
    private final class Pauses: Sendable {
        private let list = Mutex<[Int]>([])
        private let maximumBeforeCancel: Int

        init(maximumBeforeCancel: Int = .max) { self.maximumBeforeCancel = maximumBeforeCancel }

        struct Cancelled: Error {}

        func pause(_ milliseconds: Int) throws {
            let count = list.withLock {
                $0.append(milliseconds)
                return $0.count
            }
            if count > maximumBeforeCancel { throw Cancelled() }
        }

        /// All but those of nothing.
        var waited: [Int] { list.withLock { $0.filter { $0 > 0 } } }
    }

    private static let quick = PriceExchanges.Patience(
        limits: Limits(connectMilliseconds: 60_000, totalMilliseconds: 60_000, maxBodyBytes: 16 << 20),
        backOffMilliseconds: 777)

    private func exchanges(
        at addresses: [String: String], _ patience: PriceExchanges.Patience = quick, log: Log = Log(minimum: .error)
    ) -> PriceExchanges {
        PriceExchanges(
            access: addresses.mapValues { PriceExchanges.Access(address: $0, pace: .aMinute(1_000_000_000)) },
            patience: patience, allowsLoopback: true, log: log)
    }

    private func exchanges(_ vendors: TestVendors, log: Log = Log(minimum: .error)) -> PriceExchanges {
        exchanges(
            at: Dictionary(uniqueKeysWithValues: ProviderCatalog.all.map { ($0.name, vendors.address(of: $0.name)) }),
            log: log)
    }

    private static func request(
        _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, _ from: String, _ to: String
    ) -> FetchRequest {
        FetchRequest(
            symbol: symbol, assetType, timeframe,
            CalendarDay(from)!.start.microseconds..<CalendarDay(to)!.start.microseconds)
    }

    // MARK: Whole fetches

    static let fetches: [(provider: String, request: FetchRequest, requests: Int)] = [
        ("coinbase", request("BTC-USD", .crypto, .hour, "2025-01-01", "2025-02-01"), 3),
        ("coinbase", request("ETH-USD", .crypto, .day, "2019-12-01", "2021-01-01"), 2),
        // Seven windows of days, to the one in which it was listed, and three of hours.
        ("coinbase", request("ETH-USD", .crypto, .hour, "2015-01-01", "2020-02-01"), 10),
        ("binance", request("BTC-USDT", .crypto, .hour, "2024-12-01", "2025-04-01"), 3),
        ("binance", request("ETH-BTC", .crypto, .day, "2024-01-01", "2024-02-01"), 1),
        ("alpaca", request("AAPL", .equity, .day, "2023-06-01", "2026-01-01"), 3),
        ("alpaca", request("BTC-USD", .crypto, .hour, "2025-02-20", "2025-04-01"), 2),
        ("alpaca", request("NOSCH", .equity, .day, "2024-01-01", "2025-01-01"), 1),
        ("tiingo", request("AAPL", .equity, .day, "2023-06-01", "2026-01-01"), 1),
        ("tiingo", request("BRK.B", .equity, .day, "2024-06-01", "2024-07-01"), 1),
    ]

    @Test(arguments: fetches)
    func `all bars that are final arrive, each once and as they are`(
        _ name: String, _ request: FetchRequest, _ requests: Int
    ) throws {
        let vendors = try TestVendors { Self.noon }
        let provider = try #require(ProviderCatalog.provider(named: name)), pauses = Pauses()
        let exchange = exchanges(vendors).exchange(with: provider, isUnderWay: false, pause: pauses.pause)
        var bars = CandleSeries()
        let end = try provider.fetch(request, by: exchange) { bars.append($0) }
        let expected = Self.expected(request)
        #expect(bars == expected)
        #expect(request.symbol == "NOSCH" || expected.count > 10)
        #expect(end.requests == requests && vendors.server.requests.count == requests)
        let final = request.assetType == .crypto ? "2025-03-03T17:00:00Z" : "2025-03-03T00:00:00Z"
        #expect(end.completeThrough == min(request.range.upperBound, Instant(final)!.microseconds))
        #expect(vendors.server.requests.allSatisfy { $0.contains("\r\nUser-Agent: BitStockerz") })
        #expect(vendors.server.requests.allSatisfy { !$0.prefix { $0 != "\r\n" }.contains(TestVendors.secret) })
    }

    /// What the vendors on loopback have of it that is final at their time.
    private static func expected(_ request: FetchRequest) -> CandleSeries {
        var bars = CandleSeries()
        guard request.symbol != "NOSCH" else { return bars }
        let width = request.timeframe.microseconds, calendar = TradingCalendar()
        let final = Instant(
            request.timeframe == .hour ? "2025-03-03T17:00:00Z" : "2025-03-03T00:00:00Z")!.microseconds
        let first = max(request.range.lowerBound, TestVendors.listed.start.microseconds)
        for time in stride(from: first, to: min(request.range.upperBound, final), by: Int64.Stride(width)) {
            let day = Instant(microseconds: time).day!
            guard request.assetType == .crypto || calendar.isSession(day) else { continue }
            let bar = TestVendors.bar(time, request.timeframe)
            bars.append(
                time: time, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        }
        return bars
    }

    // MARK: One question

    enum Outcome: Equatable, Sendable {
        case status(Int)
        case failed(ProviderError)
    }

    private func ask(
        _ address: String, _ patience: PriceExchanges.Patience = quick, _ pauses: Pauses = Pauses(),
        log: Log = Log(minimum: .error)
    ) -> Outcome {
        ask(
            exchanges(at: ["alpaca": address], patience, log: log).exchange(
                with: Alpaca(), isUnderWay: false, pause: pauses.pause))
    }

    private func ask(_ exchange: any ProviderExchange) -> Outcome {
        let question = ProviderRequest(
            "/v2/bars", [("symbols", "BRK/B"), ("page_token", "a token")], fields: [("APCA-API-SECRET-KEY", "hush")])
        do throws(ProviderError) { return .status(try exchange.get(question).status) } catch {
            return .failed(error)
        }
    }

    @Test func `a question is escaped, and its key goes in the head`() throws {
        let server = try LoopbackServer { _ in TestVendors.response(200, [91, 93]) }
        #expect(ask(server.url + "//") == .status(200))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("GET /v2/bars?symbols=BRK%2FB&page_token=a%20token HTTP/1.1\r\n"))
        #expect(request.contains("\r\nAPCA-API-SECRET-KEY: hush\r\n"))
    }

    private static let unwell = ProviderError.upstream("the provider has trouble of its own (HTTP 503)")
    private static let broken = ProviderError.unreachable("the provider's answer broke off or was no HTTP")
    private static let large = ProviderError.upstream("the provider's answer is larger than an answer may be")

    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Each in turn, and the last again and again.
        let answers: [[UInt8]]
        let outcome: Outcome
        let requests: Int
        /// Milliseconds; those of a clock are rounded up to the second.
        let waits: [Int]

        init(_ what: String, _ answers: [[UInt8]], _ outcome: Outcome, _ requests: Int, _ waits: [Int]) {
            (testDescription, self.answers, self.outcome, self.requests, self.waits) =
                (what, answers, outcome, requests, waits)
        }
    }

    static let troubles: [Trouble] = {
        let ok = TestVendors.response(200, [91, 93])
        func answer(_ status: Int, _ fields: String = "") -> [UInt8] { TestVendors.response(status, [], fields) }
        func raw(_ text: String) -> [UInt8] { Array(text.utf8) }
        return [
            Trouble("well", [ok], .status(200), 1, []),
            Trouble("a trouble that passes", [answer(502), ok], .status(200), 2, [777]),
            Trouble("a trouble that stays", [answer(500), answer(503)], .failed(unwell), 2, [777]),
            Trouble("too often, and no word of when", [answer(429), ok], .status(200), 2, [777]),
            Trouble(
                "too often, again and again", [answer(429)], .failed(.rateLimited(retryAfterSeconds: nil)), 2, [777]),
            Trouble("too often, for a moment", [answer(429, "Retry-After: 7\r\n"), ok], .status(200), 2, [7_000]),
            Trouble(
                "too often, for an hour", [answer(429, "Retry-After: 3600\r\n"), ok],
                .failed(.rateLimited(retryAfterSeconds: 3_600)), 1, []),
            Trouble(
                "too often, until a date of the past",
                [answer(429, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), ok], .status(200), 2, []),
            Trouble(
                "too often, until a date far away",
                [answer(429, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"), ok],
                .failed(.rateLimited(retryAfterSeconds: 86_400)), 1, []),
            Trouble(
                "too often twice, for a moment", [answer(429, "Retry-After: 7\r\n")],
                .failed(.rateLimited(retryAfterSeconds: 7)), 2, [7_000]),
            Trouble(
                "shut out", [answer(418, "Retry-After: 7\r\n"), ok], .failed(.rateLimited(retryAfterSeconds: 7)), 1, []),
            Trouble("busy, for a moment", [answer(503, "Retry-After: 7\r\n"), ok], .status(200), 2, [7_000]),
            Trouble("refused", [answer(401), ok], .status(401), 1, []),
            Trouble("another place's law", [answer(451), ok], .status(451), 1, []),
            Trouble("nothing at all, then an answer", [[], ok], .status(200), 2, [777]),
            Trouble("nothing at all", [[]], .failed(broken), 2, [777]),
            Trouble("no HTTP", [raw("220 mail.example ESMTP\r\n")], .failed(broken), 2, [777]),
            Trouble(
                "fewer bytes than told", [raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]")], .failed(broken), 2,
                [777]),
            Trouble(
                "a head of too many bytes",
                [raw("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n")],
                .failed(large), 1, []),
        ]
    }()

    @Test(arguments: troubles)
    func `a trouble is waited out once, or told`(_ trouble: Trouble) throws {
        let number = Mutex(0), pauses = Pauses()
        let server = try LoopbackServer { _ in
            number.withLock { number in
                defer { number += 1 }
                return trouble.answers[min(number, trouble.answers.count - 1)]
            }
        }
        #expect(ask(server.url, Self.quick, pauses) == trouble.outcome)
        #expect(server.requests.count == trouble.requests)
        #expect(pauses.waited.map { $0 == 777 ? $0 : ($0 + 999) / 1_000 * 1_000 } == trouble.waits)
    }

    @Test func `two gigabytes are not taken, told or not`() throws {
        let isCut = Mutex(false)
        let server = try LoopbackServer(serving: { _, peer in
            var left = 2 << 30
            let piece = [UInt8](repeating: 0x20, count: 1 << 20)
            guard peer.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8)) else { return }
            while left > 0, peer.send(piece) { left -= piece.count }
            isCut.withLock { $0 = left > 1 << 30 }
        })
        #expect(ask(server.url) == .failed(Self.large))
        for _ in 0..<1_000 where !isCut.withLock({ $0 }) { usleep(10_000) }
        #expect(isCut.withLock { $0 } && server.requests.count == 1)
    }

    @Test func `who says nothing, and who never ends, is given up`() throws {
        let silent = try LoopbackServer(serving: { $1.waitUntilClosed() })
        let endless = try LoopbackServer(serving: { _, peer in
            guard peer.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8)) else { return }
            while peer.send([0x20]) { usleep(10_000) }
        })
        var patience = Self.quick
        patience.limits.totalMilliseconds = 150
        for server in [silent, endless] {
            let pauses = Pauses()
            #expect(
                ask(server.url, patience, pauses)
                    == .failed(.unreachable("the provider gave no whole answer within 150 ms")))
            #expect(pauses.waited == [777])
            // Its threads may be later than that.
            for _ in 0..<1_000 where server.requests.count < 2 { usleep(10_000) }
            #expect(server.requests.count == 2)
        }
    }

    @Test func `a redirect is not followed and brings no bars`() throws {
        let aim = try LoopbackServer { _ in TestVendors.response(200, [91, 93]) }
        for status in [301, 302, 303, 307, 308] {
            let server = try LoopbackServer { _ in
                TestVendors.response(status, [91, 93], "Location: \(aim.url)/secret\r\n")
            }
            let exchange = exchanges(at: ["coinbase": server.url]).exchange(with: Coinbase(), isUnderWay: false) { _ in
            }
            let request = Self.request("BTC-USD", .crypto, .day, "2024-01-01", "2024-02-01")
            #expect(
                throws: ProviderError.upstream(
                    "the provider points elsewhere (HTTP \(status)), which is not followed")
            ) {
                try Coinbase().fetch(request, by: exchange) { _ in }
            }
        }
        #expect(aim.requests.isEmpty)
    }

    @Test func `a page with 200 is no answer`() throws {
        let server = try LoopbackServer { _ in TestVendors.response(200, Array("<html>Sign in</html>".utf8)) }
        let exchange = exchanges(at: ["coinbase": server.url]).exchange(with: Coinbase(), isUnderWay: false) { _ in }
        let request = Self.request("BTC-USD", .crypto, .day, "2024-01-01", "2024-02-01")
        #expect(throws: ProviderError.upstream("the answer is a page for people and no prices")) {
            try Coinbase().fetch(request, by: exchange) { _ in }
        }
    }

    @Test func `nobody there, no certificate, and an address that may not be asked`() throws {
        let server = try LoopbackServer(answering: "")
        let port = server.port
        #expect(
            ask("https://127.0.0.1:\(port)") == .failed(.unreachable("the provider's certificate is not trusted")))
        #expect(
            ask("http://prices.example") == .failed(.badRequest("the provider's address is none that may be asked")))
        server.stop()
        let outcome = ask(server.url)
        #expect(outcome == .failed(.unreachable("the provider cannot be reached")) || outcome == .failed(Self.broken))
    }

    @Test func `what one learns of a vendor's patience holds for all who ask it`() throws {
        let server = try LoopbackServer { _ in TestVendors.response(429, [], "Retry-After: 3600\r\n") }
        let exchanges = exchanges(at: ["alpaca": server.url, "coinbase": server.url])
        #expect(
            ask(exchanges.exchange(with: Alpaca(), isUnderWay: false) { _ in })
                == .failed(.rateLimited(retryAfterSeconds: 3_600)))
        guard
            case .failed(.rateLimited(let seconds?)) = ask(
                exchanges.exchange(with: Alpaca(), isUnderWay: false) { _ in })
        else {
            Issue.record("asked")
            return
        }
        #expect((3_000...3_600).contains(seconds))
        #expect(server.requests.count == 1)
        // And for nobody else.
        _ = ask(exchanges.exchange(with: Coinbase(), isUnderWay: false) { _ in })
        #expect(server.requests.count == 2)
    }

    @Test func `work that would wait for its first turn is sent away, and what has begun waits`() throws {
        let server = try LoopbackServer { _ in TestVendors.response(200, [91, 93]) }
        let exchanges = PriceExchanges(
            access: ["alpaca": .init(address: server.url, pace: .anHour(50))],
            patience: Self.quick, allowsLoopback: true, log: Log(minimum: .error))
        let pauses = Pauses(), first = exchanges.exchange(with: Alpaca(), isUnderWay: false, pause: pauses.pause)
        #expect(ask(first) == .status(200))
        guard case .failed(.paced(let seconds)) = ask(exchanges.exchange(with: Alpaca(), isUnderWay: false) { _ in })
        else {
            Issue.record("asked")
            return
        }
        #expect((2...72).contains(seconds))
        #expect(server.requests.count == 1 && pauses.waited.isEmpty)
        // Pages of one answer, and another answer for the same work.
        #expect(ask(first) == .status(200) && pauses.waited.count == 1)
        #expect(ask(exchanges.exchange(with: Alpaca(), isUnderWay: true, pause: pauses.pause)) == .status(200))
        #expect(pauses.waited.count == 2 && server.requests.count == 3)
    }

    @Test func `who is cancelled asks nothing, and waits for no answer`() throws {
        let server = try LoopbackServer(serving: { $1.waitUntilClosed() })
        #expect(ask(server.url, Self.quick, Pauses(maximumBeforeCancel: 0)) == .failed(.cancelled))
        #expect(server.requests.isEmpty)
        #expect(ask(server.url, Self.quick, Pauses(maximumBeforeCancel: 1)) == .failed(.cancelled))
        let unwell = try LoopbackServer { _ in TestVendors.response(500, []) }
        // Whichever pause it is: before the question, while it is answered, of the back-off.
        for pauses in 0..<4 {
            let outcome = ask(unwell.url, Self.quick, Pauses(maximumBeforeCancel: pauses))
            #expect(outcome == .failed(.cancelled) || pauses > 1)
        }
    }

    @Test func `nothing that is logged tells a key, an address or an answer`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let log = Log(minimum: .debug, descriptor: ends[1], journal: nil)
        let secret = try LoopbackServer { _ in TestVendors.response(403, Array("echo hush".utf8)) }
        let broken = try LoopbackServer(answering: "hush")
        for server in [secret, broken] { _ = ask(server.url, log: log) }
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(ends[0], &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        #expect(text.contains(#""provider":"alpaca""#) && text.contains("403") && text.contains("broken"))
        for word in ["hush", "BRK", "page_token", "APCA", "127.0.0.1", "v2/bars"] { #expect(!text.contains(word)) }
    }
}

extension FetchRequest {
    fileprivate init(symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, _ range: Range<Int64>) {
        self.init(
            symbol, assetType, timeframe, range, now: Instant("2025-03-03T17:30:00Z")!.microseconds,
            credentials: Credentials(keyID: TestVendors.keyID, secret: TestVendors.secret))
    }
}
