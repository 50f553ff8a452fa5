import Market
import Testing

@testable import Providers

@Suite struct CoinbaseTests {
    private let coinbase = Coinbase()
    /// Real bars of the exchange in the shape that its documentation gives: low first, newest first.
    private static let hours =
        "[[1571302800,8021.23,8056.83,8051,8035.88,61.25],[1571299200,7975.89,8070,7975.89,8051,370.45]]"

    @Test func `hours are read with the low first and the newest first`() throws {
        let vendor = PlayedVendor(Self.hours)
        let fetched = try coinbase.bars(
            FetchRequest("BTC-USD", .crypto, .hour, "2019-10-17T08:00:00Z", "2019-10-17T10:00:00Z"), by: vendor)
        #expect(
            fetched.lines(.hour) == [
                "2019-10-17T08:00:00Z 7975.89 8070.0 7975.89 8051.0 370.45",
                "2019-10-17T09:00:00Z 8051.0 8056.83 8021.23 8035.88 61.25",
            ])
        #expect(fetched.end == FetchEnd(completeThrough: at("2019-10-17T10:00:00Z"), requests: 1))
        #expect(
            vendor.requests.map(\.text) == [
                "/products/BTC-USD/candles?granularity=3600&start=2019-10-17T08:00:00Z&end=2019-10-17T09:00:00Z"
            ])
    }

    @Test func `a range is asked for in windows of 300 candles, and each bar is delivered once`() throws {
        // As the exchange does: both ends are included, and so is the candle before the start.
        let vendor = PlayedVendor { request, _ in
            let width: Int64 = 3_600_000_000
            let start = at(request.value("start")!), end = at(request.value("end")!)
            #expect((end - start) / width + 1 <= 300)
            let times = stride(from: start - width, through: end, by: Int64.Stride(width))
            return .ok(
                "[" + times.map { "[\($0 / 1_000_000),1,4,2,3,\($0 / width % 7)]" }.reversed().joined(separator: ",")
                    + "]")
        }
        let fetched = try coinbase.bars(
            FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-02-01"), by: vendor)
        #expect(fetched.bars.times == Array(stride(from: at("2024-01-01"), to: at("2024-02-01"), by: 3_600_000_000)))
        #expect(fetched.bars.firstError(timeframe: .hour) == nil)
        #expect(fetched.end.requests == 3 && fetched.stretches == 3)
    }

    @Test func `a window without a trade has no candles, and the next one is asked for`() throws {
        let vendor = PlayedVendor { request, _ in
            .ok(request.value("start") == "2024-10-27T00:00:00Z" ? "[[1730419200,1,4,2,3,0]]" : "[]")
        }
        let fetched = try coinbase.bars(FetchRequest("X-USD", .crypto, .day, "2024-01-01", "2024-11-20"), by: vendor)
        #expect(fetched.lines(.day) == ["2024-11-01 2.0 4.0 1.0 3.0 0.0"])
        #expect(fetched.end == FetchEnd(completeThrough: at("2024-11-20"), requests: 2))
    }

    @Test(arguments: [("2022-11-13T00:00:00Z", 65), ("2024-12-31T00:00:00Z", 5), (nil, 4)])
    func `hours of a coin are asked for from the day it was first traded on`(_ first: String?, _ requests: Int) throws {
        // Its hours are traded at noon alone.
        let vendor = PlayedVendor { request, _ in
            let isDays = request.value("granularity") == "86400", width: Int64 = isDays ? 86_400_000_000 : 3_600_000_000
            let start = at(request.value("start")!), end = at(request.value("end")!)
            let times = stride(from: start, through: end, by: Int64.Stride(width)).filter { time in
                first.map { time >= at($0) } ?? false && (isDays || time % 86_400_000_000 == 43_200_000_000)
            }
            return .ok("[" + times.map { "[\($0 / 1_000_000),1,4,2,3,5]" }.joined(separator: ",") + "]")
        }
        let fetched = try coinbase.bars(
            FetchRequest("NEW-USD", .crypto, .hour, "2022-01-01T10:00:00Z", "2025-01-01"), by: vendor)
        let days = first.map { (at("2025-01-01") - at($0)) / 86_400_000_000 } ?? 0
        #expect(fetched.bars.count == Int(days))
        #expect(fetched.bars.times.first.map { $0 - 43_200_000_000 } == first.map { at($0) })
        #expect(fetched.end == FetchEnd(completeThrough: at("2025-01-01"), requests: requests))
    }

    @Test func `the candle under way is left out, and the end says so`() throws {
        let vendor = PlayedVendor(Self.hours)
        let fetched = try coinbase.bars(
            FetchRequest(
                "BTC-USD", .crypto, .hour, "2019-10-17T08:00:00Z", "2019-10-18", now: "2019-10-17T09:59:59Z"),
            by: vendor)
        #expect(fetched.bars.times == [at("2019-10-17T08:00:00Z")])
        #expect(fetched.end.completeThrough == at("2019-10-17T09:00:00Z"))
        // Nor is it asked for.
        #expect(vendor.requests.map { $0.value("end") } == ["2019-10-17T08:00:00Z"])
    }

    @Test(arguments: [("2019-10-17T08:54:59Z", false), ("2019-10-17T08:55:00Z", true)])
    func `the vendor's clock may be five minutes ahead of ours`(_ now: String, _ isTaken: Bool) throws {
        let request = FetchRequest("BTC-USD", .crypto, .hour, "2019-10-17T07:00:00Z", "2019-10-18", now: now)
        let failure = try coinbase.failure(request, by: PlayedVendor(Self.hours))
        #expect(failure == (isTaken ? nil : .badBars("the answer has a bar of a time to come")))
    }

    @Test func `a range that has not begun is not asked for`() throws {
        let vendor = PlayedVendor("[]")
        let fetched = try coinbase.bars(
            FetchRequest(
                "BTC-USD", .crypto, .hour, "2026-01-01T12:00:00Z", "2026-01-02", now: "2026-01-01T12:59:59Z"),
            by: vendor)
        #expect(fetched.end == FetchEnd(completeThrough: at("2026-01-01T12:00:00Z"), requests: 0))
        #expect(vendor.requests.isEmpty)
    }

    @Test(arguments: [Int64.min..<Int64.max, Int64.min..<0, Int64.max - 1..<Int64.max])
    func `no range is too wide`(_ range: Range<Int64>) throws {
        let vendor = PlayedVendor { _, number throws(ProviderError) in
            guard number < 3 else { throw .cancelled }
            return .ok("[]")
        }
        for now in [Int64.min, 0, .max] {
            let request = FetchRequest("BTC-USD", .crypto, .hour, range, now: now)
            let failure = try coinbase.failure(request, by: vendor)
            #expect(failure == nil || failure == .cancelled)
        }
    }

    @Test(arguments: [
        (
            400, #"{"message":"granularity too small for the requested time range"}"#,
            ProviderError.badRequest("the provider does not take the request (HTTP 400)")
        ),
        (404, #"{"message":"NotFound"}"#, .notFound(symbol: "BTC-USD")), (403, "<html>", .forbidden),
        (429, #"{"message":"Public rate limit exceeded"}"#, .rateLimited(retryAfterSeconds: nil)),
        (451, "", .forbidden), (500, "", .upstream("the provider has trouble of its own (HTTP 500)")),
        (200, #"{"message":"NotFound"}"#, .upstream("the answer is no list of candles")),
    ])
    func `refusals are told apart`(_ status: Int, _ body: String, _ failure: ProviderError) throws {
        let vendor = PlayedVendor { _, _ in ProviderAnswer(status: status, body: Array(body.utf8)) }
        let request = FetchRequest("BTC-USD", .crypto, .hour, "2024-01-01", "2024-01-02")
        #expect(try coinbase.failure(request, by: vendor) == failure)
    }
}
