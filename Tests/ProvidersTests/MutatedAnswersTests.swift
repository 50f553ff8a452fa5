import Market
import Testing

@testable import Providers

/// Answers as the vendors document them with a byte changed, left out or put in, at every place: what is delivered can be
/// stored, and what is refused is refused in a sentence of ours.
@Suite struct MutatedAnswersTests {
    struct Sound: Sendable, CustomTestStringConvertible {
        let provider: any PriceProvider
        let request: FetchRequest
        let body: String

        var testDescription: String { provider.title }
    }

    static let sound = [
        Sound(
            provider: Coinbase(),
            request: FetchRequest("BTC-USD", .crypto, .hour, "2019-10-17T08:00:00Z", "2019-10-17T10:00:00Z"),
            body: "[[1571302800,8021.23,8056.83,8051,8035.88,61.25],[1571299200,7975.89,8070,7975.89,8051,370.45]]"),
        Sound(
            provider: Binance(), request: FetchRequest("ETH-BTC", .crypto, .day, "2017-07-03", "2017-07-10"),
            body:
                #"[[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]]"#
        ),
        Sound(
            provider: Alpaca(),
            request: FetchRequest(
                "AAPL", .equity, .day, "2023-09-29", "2023-09-30", credentials: Credentials(keyID: "ID", secret: "hush")
            ),
            body:
                #"{"bars":{"AAPL":[{"t":"2023-09-29T04:00:00Z","o":172.02,"h":173.07,"l":170.341,"c":171.21,"v":51861083,"n":535134,"vw":171.599691}]},"next_page_token":"QUFQTHxEfDIwMjM="}"#
        ),
        Sound(
            provider: Tiingo(),
            request: FetchRequest(
                "AAPL", .equity, .day, "2020-08-28", "2020-09-01", credentials: Credentials(secret: "hush")),
            body:
                #"[{"date":"2020-08-28T00:00:00.000Z","open":504,"high":505.77,"low":498.31,"close":499.23,"volume":44109029,"splitFactor":1.0},{"date":"2020-08-31T00:00:00.000Z","open":127.67,"high":131,"low":126.25,"close":129.04,"volume":210024091,"splitFactor":4.0}]"#
        ),
    ]

    @Test(arguments: sound)
    func `is read or refused, whatever the byte`(_ sound: Sound) throws {
        let body = Array(sound.body.utf8)
        var taken = 0, refused = 0
        for place in body.indices {
            for byte in "9-e\"[},:\n".utf8 {
                var changed = body, longer = body
                changed[place] = byte
                longer.insert(byte, at: place)
                for answer in [changed, longer] {
                    if try isTaken(answer, sound) { taken += 1 } else { refused += 1 }
                }
            }
            for answer in [Array(body[..<place]), Array(body[..<place] + body[(place + 1)...])] {
                if try isTaken(answer, sound) { taken += 1 } else { refused += 1 }
            }
        }
        // Both happen, or nothing is tried here.
        #expect(taken > 100 && refused > 1_000)
    }

    private func isTaken(_ answer: [UInt8], _ sound: Sound) throws -> Bool {
        let vendor = PlayedVendor { _, number in
            number == 0
                ? ProviderAnswer(status: 200, body: answer)
                : .ok(#"{"bars":{},"next_page_token":null}"#)
        }
        do {
            let fetched = try sound.provider.bars(sound.request, by: vendor)
            #expect(fetched.bars.firstError(timeframe: sound.request.timeframe) == nil)
            #expect(fetched.bars.times.allSatisfy(sound.request.range.contains))
            return true
        } catch let error as ProviderError {
            let text = error.description
            #expect(text.utf8.count < 120 && !text.contains("\"") && !text.contains("{") && !text.contains("hush"))
            return false
        }
    }
}
