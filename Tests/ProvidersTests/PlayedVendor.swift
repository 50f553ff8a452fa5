import Market
import Providers
import Synchronization

/// A vendor played by the test: what it was asked, and an answer for each question.
final class PlayedVendor: ProviderExchange {
    typealias Answer = @Sendable (_ request: ProviderRequest, _ number: Int) throws(ProviderError) -> ProviderAnswer

    private let answer: Answer
    private let asked = Mutex<[ProviderRequest]>([])

    init(_ answer: @escaping Answer) { self.answer = answer }

    /// Answers in this order, and the last for all that comes after.
    convenience init(_ bodies: String...) {
        self.init { _, number in .ok(bodies[min(number, bodies.count - 1)]) }
    }

    func get(_ request: ProviderRequest) throws(ProviderError) -> ProviderAnswer {
        let number = asked.withLock {
            $0.append(request)
            return $0.count - 1
        }
        return try answer(request, number)
    }

    var requests: [ProviderRequest] { asked.withLock { $0 } }
}

extension ProviderAnswer {
    static func ok(_ body: String) -> ProviderAnswer { ProviderAnswer(status: 200, body: Array(body.utf8)) }
}

extension ProviderRequest {
    /// As it would stand in an address, but unescaped.
    var text: String { path + "?" + query.map { "\($0.name)=\($0.value)" }.joined(separator: "&") }

    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// What was delivered of a request, and by how many stretches.
struct Fetched {
    var bars = CandleSeries()
    var stretches = 0
    var end = FetchEnd(completeThrough: 0, requests: 0)

    /// A bar a line: its time, open, high, low, close, volume.
    func lines(_ timeframe: Timeframe) -> [String] {
        bars.times.indices.map { i in
            ([timeframe.label(bars.times[i])]
                + [bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]].map { "\($0)" })
                .joined(separator: " ")
        }
    }
}

extension PriceProvider {
    func bars(_ request: FetchRequest, by vendor: PlayedVendor) throws -> Fetched {
        var fetched = Fetched()
        fetched.end = try fetch(request, by: vendor) { bars in
            fetched.bars.append(bars)
            fetched.stretches += 1
        }
        return fetched
    }

    /// Why there are none.
    func failure(_ request: FetchRequest, by vendor: PlayedVendor) throws -> ProviderError? {
        do {
            _ = try bars(request, by: vendor)
            return nil
        } catch let error as ProviderError { return error }
    }
}

/// Unix microseconds of a day or a second.
func at(_ text: String) -> Int64 { (Instant(text) ?? CalendarDay(text)!.start).microseconds }

extension FetchRequest {
    init(
        _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, _ from: String, _ to: String,
        now: String = "2026-01-01T12:00:00Z", credentials: Credentials? = nil
    ) {
        self.init(symbol, assetType, timeframe, at(from)..<at(to), now: at(now), credentials: credentials)
    }
}
