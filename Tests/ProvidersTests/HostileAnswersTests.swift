import Market
import Testing

@testable import Providers

/// What no vendor should send, sent by each: nothing of it is stored, nothing of it ends the process, and what is said of it
/// has none of its text.
@Suite struct HostileAnswersTests {
    /// How each vendor writes bars of a coin's hours, or a share's days.
    enum Writing: String, CaseIterable, Sendable {
        case coinbase, binance, alpacaShares, alpacaCoins, tiingo

        var provider: any PriceProvider {
            switch self {
            case .coinbase: Coinbase()
            case .binance: Binance()
            case .alpacaShares, .alpacaCoins: Alpaca()
            case .tiingo: Tiingo()
            }
        }

        var isOfShares: Bool { self == .alpacaShares || self == .tiingo }

        var request: FetchRequest {
            isOfShares
                ? FetchRequest(
                    "AAPL", .equity, .day, "2024-01-02", "2024-03-01", now: "2024-01-20T12:00:00Z",
                    credentials: Credentials(keyID: "ID", secret: "hush"))
                : FetchRequest(
                    "BTC-EUR", .crypto, .hour, "2024-01-02", "2024-01-03", now: "2024-01-02T12:30:00Z")
        }

        /// The row of the hour or day so many after the first of the request, in units of a bar and a part of one.
        func row(_ number: Double, _ prices: [String]) -> String {
            let width = isOfShares ? 86_400.0 : 3_600
            let seconds = 1_704_153_600 + number * width
            let time = Instant(microseconds: Int64(seconds * 1e6))
            let (open, high, low, close, volume) = (prices[0], prices[1], prices[2], prices[3], prices[4])
            let named = #""o":\#(open),"h":\#(high),"l":\#(low),"c":\#(close),"v":\#(volume)"#
            switch self {
            case .coinbase: return "[\(Int(seconds)),\(low),\(high),\(open),\(close),\(volume)]"
            case .binance:
                let texts = [open, high, low, close, volume].map { "\"\($0)\"" }.joined(separator: ",")
                return "[\(Int(seconds * 1e3)),\(texts),0,\"0\",0,\"0\",\"0\",\"0\"]"
            case .alpacaCoins: return #"{"t":"\#(time.textInSeconds)",\#(named)}"#
            case .alpacaShares:
                return #"{"t":"\#(Instant(microseconds: time.microseconds + 18_000_000_000).textInSeconds)",\#(named)}"#
            case .tiingo:
                return
                    #"{"date":"\#(time.dayText)T00:00:00.000Z","open":\#(open),"high":\#(high),"low":\#(low),"close":\#(close),"volume":\#(volume),"splitFactor":1}"#
            }
        }

        func answer(_ rows: [String]) -> String {
            let list = "[" + rows.joined(separator: ",") + "]"
            return switch self {
            case .coinbase, .binance, .tiingo: list
            case .alpacaShares: #"{"bars":{"AAPL":\#(list)},"next_page_token":null}"#
            case .alpacaCoins: #"{"bars":{"BTC/EUR":\#(list)},"next_page_token":null}"#
            }
        }
    }

    private static let good = ["2", "4", "1", "3", "5"]

    private func failure(_ writing: Writing, _ body: String) throws -> ProviderError? {
        try writing.provider.failure(writing.request, by: PlayedVendor(body))
    }

    @Test(arguments: Writing.allCases)
    func `a sound answer is taken, in any order, with what is not asked for around it`(_ writing: Writing) throws {
        let rows = [-1, 0, 1, 2].map { writing.row($0, Self.good) }
        for rows in [rows, rows.reversed(), [rows[2], rows[0], rows[3], rows[1]], rows + rows] {
            let fetched = try writing.provider.bars(writing.request, by: PlayedVendor(writing.answer(rows)))
            let (start, width) = (writing.request.range.lowerBound, writing.request.timeframe.microseconds)
            #expect(fetched.bars.times == [start, start + width, start + 2 * width])
            #expect(fetched.bars.low == [1, 1, 1] && fetched.bars.high == [4, 4, 4])
        }
    }

    static let prices: [(String, [String], String)] = [
        ("the high below the low", ["2", "1", "4", "3", "5"], "cannot be: low is above open or close"),
        ("the high below the close", ["2", "2.5", "1", "3", "5"], "cannot be: high is below open or close"),
        ("a price of nothing", ["2", "4", "0", "3", "5"], "cannot be: low must be above zero"),
        ("a price below nothing", ["2", "4", "-1", "3", "5"], "cannot be: low must be above zero"),
        ("a negative volume", ["2", "4", "1", "3", "-5"], "cannot be: volume is negative"),
        ("more than a double holds", ["2", "1e309", "1", "3", "5"], "cannot be: high is not a finite number"),
        (
            "a volume of more than a double holds", ["2", "4", "1", "3", "1e309"],
            "cannot be: volume is not a finite number"
        ),
    ]

    @Test(arguments: Writing.allCases, prices)
    func `an answer of nothing but impossible bars is refused, and of a sound one they are left out`(
        _ writing: Writing, _ one: (String, [String], String)
    ) throws {
        let impossible = writing.row(0, one.1)
        guard case .badBars(let sentence)? = try failure(writing, writing.answer([impossible])) else {
            Issue.record("\(one.0)")
            return
        }
        #expect(sentence.hasSuffix(one.2), "\(one.0)")
        let rows = [impossible, writing.row(1, Self.good), writing.row(2, Self.good)]
        for rows in [rows, rows.reversed(), rows + rows] {
            let fetched = try writing.provider.bars(writing.request, by: PlayedVendor(writing.answer(rows)))
            let (start, width) = (writing.request.range.lowerBound, writing.request.timeframe.microseconds)
            #expect(fetched.bars.times == [start + width, start + 2 * width], "\(one.0)")
            #expect(fetched.end.impossible == [start], "\(one.0)")
        }
    }

    /// How many hours or days of an answer are sound, how many are not, and whether the sound ones are taken.
    static let shares: [(sound: Int, impossible: Int, isTaken: Bool)] = [
        (1, 1, true), (3, 3, true), (2, 3, false), (6, 4, false),
    ]

    @Test(arguments: Writing.allCases, shares)
    func `more than a few impossible bars are a fault of the answer`(
        _ writing: Writing, _ share: (sound: Int, impossible: Int, isTaken: Bool)
    ) throws {
        let rows = (0..<share.sound + share.impossible).map { place in
            writing.row(Double(place), place < share.impossible ? ["2", "1", "4", "3", "5"] : Self.good)
        }
        let failure = try failure(writing, writing.answer(rows))
        #expect((failure == nil) == share.isTaken && (share.isTaken || failure?.code == "PROVIDER_BAD_BARS"))
    }

    @Test func `of a long page a hundredth may be impossible`() throws {
        let writing = Writing.binance, start = at("2024-01-02")
        for (impossible, isTaken) in [(9, true), (10, false)] {
            // 900 hours in all.
            let rows = (0..<900).map { place in
                writing.row(
                    Double(place), place % 100 == 7 || place < impossible - 9 ? ["2", "4", "0", "3", "5"] : Self.good)
            }
            let request = FetchRequest("BTC-EUR", .crypto, .hour, "2024-01-02", "2024-03-01", now: "2024-03-01")
            let vendor = PlayedVendor(writing.answer(rows))
            #expect((try Binance().failure(request, by: vendor) == nil) == isTaken)
            guard isTaken else { continue }
            let fetched = try Binance().bars(request, by: PlayedVendor(writing.answer(rows)))
            #expect(fetched.bars.count == 891)
            #expect(fetched.end.impossible == (0..<9).map { start + Int64($0 * 100 + 7) * 3_600_000_000 })
        }
    }

    @Test func `pages that meet at an impossible bar go on, and tell it once`() throws {
        let writing = Writing.binance, bad = ["2", "4", "0", "3", "5"]
        let first = (0..<1_000).map { writing.row(Double($0), $0 < 999 ? Self.good : bad) }
        let vendor = PlayedVendor(
            writing.answer(first), writing.answer([999, 1_000].map { writing.row($0, $0 == 999 ? bad : Self.good) }))
        let request = FetchRequest("BTC-EUR", .crypto, .hour, "2024-01-02", "2024-03-01", now: "2024-03-01")
        let fetched = try Binance().bars(request, by: vendor)
        #expect(fetched.bars.count == 1_000 && fetched.end.impossible == [at("2024-01-02") + 999 * 3_600_000_000])
        #expect(vendor.requests.count == 2)
        #expect(vendor.requests.last?.value("startTime") == "\(at("2024-01-02") / 1_000 + 1_000 * 3_600_000)")
    }

    @Test(arguments: Writing.allCases.filter { $0 != .binance })
    func `a cell of nothing is a fault of its bar`(_ writing: Writing) throws {
        let rows = [writing.row(0, ["2", "null", "1", "3", "5"]), writing.row(1, Self.good)]
        let fetched = try writing.provider.bars(writing.request, by: PlayedVendor(writing.answer(rows)))
        #expect(fetched.bars.count == 1 && fetched.end.impossible == [writing.request.range.lowerBound])
    }

    @Test(
        arguments: Writing.allCases, ["true", "[]", "{}", "\"NaN\"", "\"inf\"", "\"0x1p3\"", "\"\"", "\"1,5\""])
    func `what is no number is no price`(_ writing: Writing, _ text: String) throws {
        // Texts in texts where a vendor writes texts: no JSON, then.
        let word = writing == .binance ? text.filter { $0 != "\"" } : text
        let row = writing.row(0, ["2", word, "1", "3", "5"])
        #expect(try failure(writing, writing.answer([row])) == .upstream("row 1 of the answer is no bar"))
    }

    @Test(arguments: Writing.allCases)
    func `a bar of a time to come is refused`(_ writing: Writing) throws {
        let rows = [writing.row(0, Self.good), writing.row(writing.isOfShares ? 19 : 13, Self.good)]
        #expect(
            try failure(writing, writing.answer(rows)) == .badBars("the answer has a bar of a time to come"))
    }

    @Test(arguments: Writing.allCases.filter { $0 != .tiingo })
    func `a bar off the grid is refused`(_ writing: Writing) throws {
        guard case .badBars(let sentence)? = try failure(writing, writing.answer([writing.row(0.5, Self.good)])) else {
            Issue.record("taken")
            return
        }
        #expect(
            sentence.hasSuffix("not at the start of an hour")
                || sentence == "the answer has a day that does not begin at midnight in New York")
    }

    @Test(arguments: Writing.allCases)
    func `two bars of one time that differ are refused`(_ writing: Writing) throws {
        let rows = [writing.row(1, Self.good), writing.row(0, Self.good), writing.row(1, ["2", "4", "1", "3", "6"])]
        guard case .badBars(let sentence)? = try failure(writing, writing.answer(rows)) else {
            Issue.record("taken")
            return
        }
        #expect(sentence.hasSuffix("comes twice, and differs"))
    }

    static let bodies: [(String, String)] = [
        ("nothing", ""), ("a page", "<!DOCTYPE html><html><body>Sign in to secret</body></html>"),
        ("a page after line ends", "\r\n\r\n<html>secret"), ("words", "secret"), ("a number", "1"), ("null", "null"),
        ("half", #"[[1704153600,1,4"#), ("two documents", "[][]"), ("a byte order mark", "\u{FEFF}[]"),
        ("the same name twice", #"{"bars":{},"bars":{}}"#), ("rows of nothing", "[[],[]]"),
        ("rows in rows", "[[[[[1]]]]]"),
        ("nested without end", String(repeating: "[", count: 10_000)), ("a row too short", "[[1704153600,1,4,2,3]]"),
        ("times beyond all", "[[9223372036854775807,1,4,2,3,5]]"),
        ("times with a fraction", "[[1704153600.0,1,4,2,3,5]]"),
        ("times as text", #"[["1704153600",1,4,2,3,5]]"#), ("members", #"[{"secret":1}]"#),
        ("empty rows without end", "[" + String(repeating: "[],", count: 200_000) + "[]]"),
    ]

    @Test(arguments: Writing.allCases, bodies)
    func `a body that is no bars is refused, and nothing of it told`(
        _ writing: Writing, _ body: (String, String)
    ) throws {
        let failure = try failure(writing, body.1)
        guard case .upstream(let sentence)? = failure else {
            Issue.record("\(body.0): \(String(describing: failure))")
            return
        }
        #expect(!sentence.contains("secret") && !sentence.isEmpty && !sentence.contains("\n"))
    }

    @Test(
        arguments: Writing.allCases,
        [204, 301, 302, 304, 307, 400, 401, 403, 404, 409, 418, 429, 451, 500, 503, 599, 999])
    func `no status but 200 brings bars`(_ writing: Writing, _ status: Int) throws {
        let body = Array(writing.answer([writing.row(0, Self.good)]).utf8)
        let vendor = PlayedVendor { _, _ in ProviderAnswer(status: status, body: body, retryAfterSeconds: 7) }
        let failure = try #require(try writing.provider.failure(writing.request, by: vendor))
        let expected =
            switch status {
            case 401: "PROVIDER_UNAUTHORIZED"
            case 403: writing == .coinbase || writing == .binance ? "PROVIDER_FORBIDDEN" : "PROVIDER_UNAUTHORIZED"
            case 451: "PROVIDER_FORBIDDEN"
            case 404: "PROVIDER_SYMBOL_NOT_FOUND"
            case 418, 429: "PROVIDER_RATE_LIMITED"
            case 400, 409: "PROVIDER_BAD_REQUEST"
            default: "PROVIDER_BAD_ANSWER"
            }
        #expect(failure.code == expected)
        if status == 429 { #expect(failure == .rateLimited(retryAfterSeconds: 7)) }
        #expect(vendor.requests.count == 1)
    }
}
