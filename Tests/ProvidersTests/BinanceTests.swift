import Market
import Testing

@testable import Providers

@Suite struct BinanceTests {
    private let binance = Binance()

    @Test func `a row of the documentation is read`() throws {
        let row =
            #"[[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]]"#
        let vendor = PlayedVendor(row)
        let fetched = try binance.bars(FetchRequest("ETH-BTC", .crypto, .day, "2017-07-03", "2017-07-10"), by: vendor)
        #expect(fetched.lines(.day) == ["2017-07-03 0.0163479 0.8 0.015758 0.015771 148976.11427815"])
        #expect(fetched.end == FetchEnd(completeThrough: at("2017-07-10"), requests: 1))
        #expect(
            vendor.requests.map(\.text) == [
                "/api/v3/klines?symbol=ETHBTC&interval=1d&startTime=1499040000000&endTime=1499644799999&limit=1000"
            ])
    }

    /// The thousand bars from a time on, as the vendor sends them, but none after `end`.
    static func klines(_ request: ProviderRequest) -> String {
        let width = request.value("interval") == "1h" ? 3_600_000 : 86_400_000
        let start = Int(request.value("startTime")!)!, end = Int(request.value("endTime")!)!
        let first = (start + width - 1) / width * width
        let times = stride(from: first, through: end, by: width).prefix(Int(request.value("limit")!)!)
        return "["
            + times.map { #"[\#($0),"2.0","4.0","1.0","3.0","0.5",\#($0 + width - 1),"0",0,"0","0","0"]"# }
            .joined(separator: ",") + "]"
    }

    @Test func `pages of a thousand go on behind the last bar`() throws {
        let vendor = PlayedVendor { request, _ in .ok(Self.klines(request)) }
        let fetched = try binance.bars(
            FetchRequest("BTC-USDT", .crypto, .hour, "2024-01-01", "2024-04-01"), by: vendor)
        #expect(fetched.bars.times == Array(stride(from: at("2024-01-01"), to: at("2024-04-01"), by: 3_600_000_000)))
        #expect(fetched.end.requests == 3 && fetched.stretches == 3)
    }

    @Test func `hours that began at no hour are left out and counted, as long as they are few`() throws {
        // The end of its outage of February 2018.
        let times = [1_518_048_000_000, 1_518_168_494_789, 1_518_319_694_789, 1_518_321_600_000, 1_518_325_200_000]
        func vendor(_ times: [Int]) -> PlayedVendor {
            PlayedVendor("[" + times.map { #"[\#($0),"2","4","1","3","5"]"# }.joined(separator: ",") + "]")
        }
        let request = FetchRequest("BTC-USDT", .crypto, .hour, "2018-02-01", "2018-03-01")
        let fetched = try binance.bars(request, by: vendor(times))
        #expect(fetched.bars.times == [times[0], times[3], times[4]].map { Int64($0) * 1_000 })
        #expect(fetched.end == FetchEnd(completeThrough: at("2018-03-01"), requests: 1, leftOut: 2))
        #expect(
            try binance.failure(request, by: vendor(Array(times[1...2])))
                == .badBars("most bars of the answer are not at the start of an hour"))
    }

    @Test func `a range of just one page is asked for once`() throws {
        let vendor = PlayedVendor { request, _ in .ok(Self.klines(request)) }
        let from = at("2024-01-01")
        let request = FetchRequest(
            "BTC-USDT", .crypto, .hour, from..<(from + 1_000 * 3_600_000_000), now: at("2026-01-01"))
        #expect(try binance.bars(request, by: vendor).bars.count == 1_000)
        #expect(vendor.requests.count == 1)
    }

    @Test func `a vendor that gets no further is left`() throws {
        // Whatever is asked for, it answers with the first page.
        let request = FetchRequest("BTC-USDT", .crypto, .hour, "2024-01-01", "2024-04-01")
        let vendor = PlayedVendor { question, number in
            .ok(
                Self.klines(
                    number == 0
                        ? question
                        : ProviderRequest(
                            "",
                            question.query.map {
                                $0.name == "startTime" ? ("startTime", "\(at("2024-01-01") / 1_000)") : $0
                            })))
        }
        #expect(
            try binance.failure(request, by: vendor)
                == .upstream("the answer gets no further than those before it"))
        #expect(vendor.requests.count == 2)
    }

    @Test(arguments: [
        (400, #"{"code":-1121,"msg":"Invalid symbol."}"#, ProviderError.notFound(symbol: "BTC-USDT")),
        (
            400, #"{"code":-1100,"msg":"secret words"}"#,
            .badRequest("the provider does not take the request (its code is -1100)")
        ),
        (400, "", .badRequest("the provider does not take the request (HTTP 400)")),
        (200, #"{"code":-1121,"msg":"Invalid symbol."}"#, .notFound(symbol: "BTC-USDT")),
        (200, #"{"code":-1003,"msg":"Too much request weight used"}"#, .rateLimited(retryAfterSeconds: nil)),
        (200, "{}", .upstream("the answer is no list of bars")),
        (403, "<html>", .forbidden), (404, "<html>", .notFound(symbol: "BTC-USDT")),
        (418, #"{"code":-1003,"msg":"banned until"}"#, .rateLimited(retryAfterSeconds: 120)),
        (429, #"{"code":-1003}"#, .rateLimited(retryAfterSeconds: 120)), (451, #"{"code":0}"#, .forbidden),
        (502, "", .upstream("the provider has trouble of its own (HTTP 502)")),
    ])
    func `refusals are told apart`(_ status: Int, _ body: String, _ failure: ProviderError) throws {
        let vendor = PlayedVendor { _, _ in
            ProviderAnswer(status: status, body: Array(body.utf8), retryAfterSeconds: status > 410 ? 120 : nil)
        }
        let request = FetchRequest("BTC-USDT", .crypto, .hour, "2024-01-01", "2024-01-02")
        #expect(try binance.failure(request, by: vendor) == failure)
    }
}
