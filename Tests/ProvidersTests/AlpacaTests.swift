import Market
import Testing

@testable import Providers

@Suite struct AlpacaTests {
    private let alpaca = Alpaca()
    private static let key = Credentials(keyID: "ID", secret: "hush")
    /// Alpaca's own example.
    private static let token = "QUFQTHxEfDIwMjMtMDktMjlUMDQ6MDA6MDAuMDAwMDAwMDAwWg=="

    private static func page(_ symbol: String, _ times: [String], next: String? = nil) -> String {
        let bars = times.map { #"{"t":"\#($0)","o":2,"h":4,"l":1,"c":3,"v":5,"n":1,"vw":2.5}"# }
        return
            #"{"bars":{"\#(symbol)":[\#(bars.joined(separator: ","))]},"next_page_token":\#(next.map { "\"\($0)\"" } ?? "null")}"#
    }

    @Test func `a share's days are dated in New York, in summer and in winter`() throws {
        let first =
            #"{"bars":{"AAPL":[{"t":"2023-09-29T04:00:00Z","o":172.02,"h":173.07,"l":170.341,"c":171.21,"v":51861083,"n":535134,"vw":171.599691}]},"next_page_token":"\#(Self.token)"}"#
        let vendor = PlayedVendor(first, Self.page("AAPL", ["2023-12-01T05:00:00Z"]))
        let fetched = try alpaca.bars(
            FetchRequest("AAPL", .equity, .day, "2023-09-29", "2023-12-02", credentials: Self.key), by: vendor)
        #expect(
            fetched.lines(.day) == [
                "2023-09-29 172.02 173.07 170.341 171.21 51861083.0", "2023-12-01 2.0 4.0 1.0 3.0 5.0",
            ])
        #expect(fetched.end == FetchEnd(completeThrough: at("2023-12-02"), requests: 2))
        let question =
            "/v2/stocks/bars?symbols=AAPL&timeframe=1Day&start=2023-09-29T00:00:00Z&end=2023-12-02T00:00:00Z"
            + "&adjustment=split&feed=sip&limit=10000&sort=asc"
        #expect(vendor.requests.map(\.text) == [question, question + "&page_token=" + Self.token])
        #expect(
            vendor.requests.allSatisfy { request in
                request.fields.map(\.name) == ["APCA-API-KEY-ID", "APCA-API-SECRET-KEY"]
                    && request.fields.map(\.value) == ["ID", "hush"]
            })
    }

    @Test(arguments: [
        // The last quarter of an hour of the tape is not free, and trading goes on until 20:00.
        ("2024-07-03T00:14:59Z", "2024-07-02T00:00:00Z"), ("2024-07-03T00:15:00Z", "2024-07-03T00:00:00Z"),
        ("2024-01-09T01:14:59Z", "2024-01-08T00:00:00Z"), ("2024-01-09T01:15:00Z", "2024-01-09T00:00:00Z"),
    ])
    func `a day is asked for when it is final, which is a quarter of an hour ago`(_ now: String, _ end: String) throws {
        let vendor = PlayedVendor(#"{"bars":{},"next_page_token":null}"#)
        let request = FetchRequest(
            "AAPL", .equity, .day, "2023-01-01", "2025-01-01", now: now, credentials: Self.key)
        let fetched = try alpaca.bars(request, by: vendor)
        #expect(fetched.end.completeThrough == at(end) && vendor.requests.map { $0.value("end") } == [end])
        #expect(at(end) <= at(now) - 900_000_000)
    }

    @Test func `coins need no key, may have no volume and are asked for with a slash`() throws {
        let vendor = PlayedVendor(
            #"{"bars":{"BTC/USD":[{"t":"2024-01-01T00:00:00Z","o":2,"h":4,"l":1,"c":3,"v":0,"n":0,"vw":0},{"t":"2024-01-01T01:00:00Z","o":2,"h":4,"l":1,"c":3,"v":0.000000015}]}}"#
        )
        let fetched = try alpaca.bars(
            FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-01-01T02:00:00Z"), by: vendor)
        #expect(fetched.bars.volume == [0, 0.000000015])
        #expect(vendor.requests.first?.fields.isEmpty == true)
        #expect(
            vendor.requests.map(\.text) == [
                "/v1beta3/crypto/us/bars?symbols=BTC/USD&timeframe=1Hour&start=2024-01-01T00:00:00Z"
                    + "&end=2024-01-01T01:59:59Z&limit=10000&sort=asc"
            ])
    }

    @Test func `a coin's day of another place's midnight is no day of ours`() throws {
        // So it was until 2025: midnight in Chicago.
        let vendor = PlayedVendor(Self.page("BTC/USD", ["2024-01-01T06:00:00Z"]))
        let request = FetchRequest("BTC-USD", .crypto, .day, "2024-01-01", "2024-02-01")
        #expect(
            try alpaca.failure(request, by: vendor)
                == .badBars("the answer has a bar that is not at the start of a day"))
    }

    @Test func `small pages, an empty one and one that says again what the last did are taken`() throws {
        let vendor = PlayedVendor(
            Self.page("BTC/USD", ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"], next: "a"),
            #"{"bars":{},"next_page_token":"b"}"#,
            Self.page("BTC/USD", ["2024-01-01T01:00:00Z", "2024-01-01T02:00:00Z"], next: "c"),
            #"{"bars":null,"next_page_token":null}"#)
        let fetched = try alpaca.bars(FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-01-02"), by: vendor)
        #expect(fetched.bars.times.map { ($0 - at("2024-01-01")) / 3_600_000_000 } == [0, 1, 2])
        #expect(fetched.end.requests == 4 && fetched.stretches == 2)
    }

    @Test(arguments: [
        ("the same token twice", 1, "the answer sends us round the same pages", 2),
        ("a token round a circle", 3, "the answer sends us round the same pages", 4),
        ("another token each time", .max, "the answer has pages without end", 23),
    ])
    func `pages end`(_ what: String, _ tokens: Int, _ sentence: String, _ requests: Int) throws {
        let vendor = PlayedVendor { _, number in
            .ok(Self.page("BTC/USD", ["2024-01-01T00:00:00Z"], next: "\(number % tokens)"))
        }
        let request = FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-01-02")
        #expect(try alpaca.failure(request, by: vendor) == .upstream(sentence), "\(what)")
        #expect(vendor.requests.count == requests, "\(what)")
    }

    @Test func `a bar that is another on the next page is neither`() throws {
        let vendor = PlayedVendor(
            Self.page("BTC/USD", ["2024-01-01T05:00:00Z"], next: "a"),
            Self.page("BTC/USD", ["2024-01-01T05:00:00Z"]).replacing("\"h\":4", with: "\"h\":5"))
        let request = FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-01-02")
        #expect(
            try alpaca.failure(request, by: vendor)
                == .badBars("the bar of 1 Jan 2024 05:00 UTC comes twice, and differs"))
    }

    @Test func `pages that go back are no pages of one answer`() throws {
        let vendor = PlayedVendor(
            Self.page("BTC/USD", ["2024-01-01T05:00:00Z"], next: "a"), Self.page("BTC/USD", ["2024-01-01T03:00:00Z"]))
        let request = FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-01-02")
        #expect(try alpaca.failure(request, by: vendor) == .badBars("the pages of the answer are in no order"))
    }

    @Test(arguments: [
        (nil as Credentials?), Credentials(secret: "hush"),
    ])
    func `shares are not asked for without a whole key`(_ credentials: Credentials?) throws {
        let vendor = PlayedVendor("{}")
        let request = FetchRequest("AAPL", .equity, .day, "2024-01-01", "2024-02-01", credentials: credentials)
        #expect(try alpaca.failure(request, by: vendor) == .unauthorized)
        #expect(vendor.requests.isEmpty)
    }

    @Test(arguments: [
        (401, "", ProviderError.unauthorized),
        (403, #"{"message":"subscription does not permit querying recent SIP data"}"#, .unauthorized),
        (400, #"{"message":"invalid symbol: AAPL"}"#, .notFound(symbol: "AAPL")),
        (400, #"{"message":"invalid start"}"#, .badRequest("the provider does not take the request (HTTP 400)")),
        (422, "", .badRequest("the provider does not take the request (HTTP 422)")),
        (429, "", .rateLimited(retryAfterSeconds: nil)), (200, "[]", .upstream("the answer has no bars in it")),
        (200, #"{"message":"x"}"#, .upstream("the answer has no bars in it")),
        (200, #"{"bars":[]}"#, .upstream("the answer has no bars in it")),
        (200, #"{"bars":{"AAPL":{}}}"#, .upstream("the answer has no bars in it")),
        (200, #"{"bars":{"MSFT":[]}}"#, .upstream("the answer has bars of another symbol")),
        (200, #"{"bars":{"AAPL":[],"MSFT":[]}}"#, .upstream("the answer has bars of another symbol")),
        (200, #"{"bars":{"AAPL":[]},"next_page_token":""}"#, .upstream("the answer has a token that is none")),
        (200, #"{"bars":{"AAPL":[]},"next_page_token":1}"#, .upstream("the answer has a token that is none")),
        (
            200, #"{"bars":{"AAPL":[{"t":"2024-01-02T00:00:00Z","o":2,"h":4,"l":1,"c":3,"v":5}]}}"#,
            .badBars("the answer has a day that does not begin at midnight in New York")
        ),
        (
            200, #"{"bars":{"AAPL":[{"t":"2024-01-02T04:00:00Z","o":2,"h":4,"l":1,"c":3,"v":5}]}}"#,
            .badBars("the answer has a day that does not begin at midnight in New York")
        ),
        (
            200, #"{"bars":{"AAPL":[{"t":1704171600,"o":2,"h":4,"l":1,"c":3,"v":5}]}}"#,
            .upstream("row 1 of the answer is no bar")
        ),
    ])
    func `refusals and lies are told apart`(_ status: Int, _ body: String, _ failure: ProviderError) throws {
        let vendor = PlayedVendor { _, _ in ProviderAnswer(status: status, body: Array(body.utf8)) }
        let request = FetchRequest("AAPL", .equity, .day, "2024-01-01", "2024-02-01", credentials: Self.key)
        #expect(try alpaca.failure(request, by: vendor) == failure)
    }
}
