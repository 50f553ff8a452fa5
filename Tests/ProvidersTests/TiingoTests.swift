import Market
import Testing

@testable import Providers

@Suite struct TiingoTests {
    private let tiingo = Tiingo()
    private static let key = Credentials(secret: "hush")

    private static func day(_ date: String, _ prices: [String], _ volume: String, split: String = "1.0") -> String {
        #"{"date":"\#(date)T00:00:00.000Z","open":\#(prices[0]),"high":\#(prices[1]),"low":\#(prices[2]),"close":\#(prices[3]),"volume":\#(volume),"adjOpen":1,"adjHigh":1,"adjLow":1,"adjClose":1,"adjVolume":1,"divCash":0.0,"splitFactor":\#(split)}"#
    }

    private func request(_ from: String, _ to: String, now: String = "2024-02-01T12:00:00Z") -> FetchRequest {
        FetchRequest("AAPL", .equity, .day, from, to, now: now, credentials: Self.key)
    }

    @Test func `a day is its date at the exchange, and its prices are those that were paid`() throws {
        let vendor = PlayedVendor(
            "[" + Self.day("2024-01-02", ["185.64", "186.95", "184.42", "185.14"], "82488100") + "]")
        let fetched = try tiingo.bars(request("2024-01-02", "2024-01-03"), by: vendor)
        #expect(fetched.lines(.day) == ["2024-01-02 185.64 186.95 184.42 185.14 82488100.0"])
        #expect(fetched.end == FetchEnd(completeThrough: at("2024-01-03"), requests: 1))
        // Up to today in New York, for the splits since.
        #expect(
            vendor.requests.map(\.text) == [
                "/tiingo/daily/aapl/prices?startDate=2024-01-02&endDate=2024-02-01&format=json"
            ])
        #expect(vendor.requests.first?.fields.map { "\($0.name): \($0.value)" } == ["Authorization: Token hush"])
    }

    /// Real days of Apple's around its splits of seven for one and of four for one.
    private static let apple = [
        day("2014-06-06", ["650", "651.25", "644.48", "645.57"], "12116671"),
        day("2014-06-09", ["92.69", "93.88", "91.75", "93.7"], "72875948", split: "7.0"),
        day("2020-08-28", ["504", "505.77", "498.31", "499.23"], "44109029"),
        day("2020-08-31", ["127.67", "131", "126.25", "129.04"], "210024091", split: "4.0"),
    ]

    @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [0, 1, 1, 2, 3, 3]])
    func `prices are divided by the splits after them, in whatever order the days come`(_ order: [Int]) throws {
        let vendor = PlayedVendor("[" + order.map { Self.apple[$0] }.joined(separator: ",") + "]")
        let fetched = try tiingo.bars(request("2014-06-01", "2020-09-01"), by: vendor)
        #expect(
            fetched.lines(.day) == [
                "2014-06-06 23.214286 23.258929 23.017143 23.056071 339266788.0",
                "2014-06-09 23.1725 23.47 22.9375 23.425 291503792.0",
                "2020-08-28 126.0 126.4425 124.5775 124.8075 176436116.0",
                "2020-08-31 127.67 131.0 126.25 129.04 210024091.0",
            ])
    }

    @Test func `a split after the range counts, and its day is not delivered`() throws {
        let vendor = PlayedVendor("[" + Self.apple.joined(separator: ",") + "]")
        let fetched = try tiingo.bars(request("2020-08-01", "2020-08-29"), by: vendor)
        #expect(fetched.lines(.day) == ["2020-08-28 126.0 126.4425 124.5775 124.8075 176436116.0"])
    }

    @Test func `today is not delivered before it is final`() throws {
        let days = [
            Self.day("2024-01-30", ["2", "4", "1", "3"], "5"), Self.day("2024-01-31", ["2", "4", "1", "3"], "5"),
        ]
        let vendor = PlayedVendor("[" + days.joined(separator: ",") + "]")
        let fetched = try tiingo.bars(request("2024-01-01", "2024-03-01", now: "2024-02-01T01:00:00Z"), by: vendor)
        #expect(fetched.bars.times == [at("2024-01-30")])
        #expect(fetched.end.completeThrough == at("2024-01-31"))
        #expect(vendor.requests.map { $0.value("endDate") } == ["2024-01-31"])
    }

    @Test func `a day without a volume has one of nothing, as in files`() throws {
        let days = [
            Self.day("2024-01-02", ["2", "4", "1", "3"], "null"), Self.day("2024-01-03", ["2", "4", "1", "3"], "5"),
        ]
        let vendor = PlayedVendor("[" + days.joined(separator: ",") + "]")
        let fetched = try tiingo.bars(request("2024-01-01", "2024-02-01"), by: vendor)
        #expect(fetched.bars.volume == [0, 5] && fetched.end.impossible == [])
    }

    @Test(arguments: [
        ("no split", "0"), ("a split into less than nothing", "-1"), ("an endless split", "1e300"),
    ])
    func `nothing is split by that`(_ what: String, _ split: String) throws {
        let days = [
            Self.day("2024-01-02", ["2", "4", "1", "3"], "5"),
            Self.day("2024-01-03", ["2", "4", "1", "3"], "5", split: split),
        ]
        let vendor = PlayedVendor("[" + days.joined(separator: ",") + "]")
        #expect(
            try tiingo.failure(request("2024-01-01", "2024-02-01"), by: vendor)
                == .badBars("a day of the answer is split by what nothing can be split by"), "\(what)")
    }

    @Test func `one day with two splits is none`() throws {
        let days = ["1.0", "2.0"].map { Self.day("2024-01-02", ["2", "4", "1", "3"], "5", split: $0) }
        let vendor = PlayedVendor("[" + days.joined(separator: ",") + "]")
        #expect(
            try tiingo.failure(request("2024-01-01", "2024-02-01"), by: vendor)
                == .badBars("a day of the answer is split in two ways"))
    }

    @Test(arguments: [
        (404, #"{"detail":"Not found."}"#, ProviderError.notFound(symbol: "AAPL")),
        (401, #"{"detail":"Invalid token."}"#, .unauthorized), (403, #"{"detail":"..."}"#, .unauthorized),
        (429, "", .rateLimited(retryAfterSeconds: nil)),
        (
            200, "You have run over your 500 symbol look up for this month. Please upgrade",
            .rateLimited(retryAfterSeconds: nil)
        ),
        (200, #"{"detail":"Error: hush"}"#, .upstream("the answer is no list of days")),
    ])
    func `refusals are told apart`(_ status: Int, _ body: String, _ failure: ProviderError) throws {
        let vendor = PlayedVendor { _, _ in ProviderAnswer(status: status, body: Array(body.utf8)) }
        #expect(try tiingo.failure(request("2024-01-01", "2024-02-01"), by: vendor) == failure)
    }

    @Test func `without a key nothing is asked`() throws {
        let vendor = PlayedVendor("[]")
        let request = FetchRequest("AAPL", .equity, .day, "2024-01-01", "2024-02-01")
        #expect(try tiingo.failure(request, by: vendor) == .unauthorized)
        #expect(vendor.requests.isEmpty)
    }
}
