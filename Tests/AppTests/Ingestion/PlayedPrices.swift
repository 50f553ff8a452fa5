import Market
import Synchronization

@testable import App
@testable import Providers

/// A made-up vendor: what it has, how it answers, and what it was asked. Its bars are worth what the test says, and its
/// pages are small.
final class PlayedPrices: Sendable {
    struct Asked: Equatable {
        let symbol: String
        let from: Int64
    }

    private struct State {
        var bars: [String: CandleSeries] = [:]
        var asked: [Asked] = []
        var faults: [Int: ProviderError] = [:]
        var always: ProviderError?
        /// It has no bar that begins later.
        var now = Int64.max
        var began: (@Sendable (_ isUnderWay: Bool) -> Void)?
        var hook: (@Sendable (_ request: Int, _ pause: (Int) throws -> Void) throws -> Void)?
    }

    fileprivate static let page = 100
    private let state = Mutex(State())

    /// What the vendor has of a symbol at a width.
    func put(_ bars: CandleSeries, _ symbol: String, _ timeframe: Timeframe) {
        state.withLock { $0.bars["\(symbol) \(timeframe.rawValue)"] = bars }
    }

    /// What it answers from now on in place of bars; nil: bars again.
    func fail(_ failure: ProviderError?) { state.withLock { $0.always = failure } }

    /// What it answers to the request of that number, counted from 1 since ``forget()``.
    func fail(request: Int, _ failure: ProviderError) { state.withLock { $0.faults[request] = failure } }

    /// Called before every answer, on the thread that asks.
    func before(_ hook: (@Sendable (_ request: Int, _ pause: (Int) throws -> Void) throws -> Void)?) {
        state.withLock { $0.hook = hook }
    }

    /// Called when it is about to be asked for something.
    func began(_ hook: @escaping @Sendable (_ isUnderWay: Bool) -> Void) { state.withLock { $0.began = hook } }

    func setClock(_ now: Instant) { state.withLock { $0.now = now.microseconds } }

    func forget() { state.withLock { ($0.asked, $0.faults) = ([], [:]) } }

    var asked: [Asked] { state.withLock { $0.asked } }

    fileprivate func begin(_ isUnderWay: Bool) { state.withLock { $0.began }?(isUnderWay) }

    fileprivate func answer(_ request: ProviderRequest, _ pause: (Int) throws -> Void) throws(ProviderError)
        -> CandleSeries
    {
        guard let from = request.query.first.flatMap({ Int64($0.value) }) else { throw .badRequest("no window") }
        let parts = request.path.split(separator: "/").map(String.init)
        let (number, fault, hook, bars, now) = state.withLock { state in
            state.asked.append(Asked(symbol: parts[0], from: from))
            let number = state.asked.count
            let bars = state.bars["\(parts[0]) \(parts[1])"]
            return (number, state.faults[number] ?? state.always, state.hook, bars, state.now)
        }
        do { try hook?(number, pause) } catch { throw .cancelled }
        if let fault { throw fault }
        guard let bars else { throw .notFound(symbol: parts[0]) }
        let first = bars.index(atOrAfter: from)
        let last = min(first + Self.page, bars.index(atOrAfter: now))
        return bars.slice(first..<max(first, last))
    }
}

/// Of the played vendor, under the name of a real one.
struct PlayedProvider: PriceProvider {
    let name: String
    let title = "The played vendor"
    let services: [ProviderService]
    let prices: PlayedPrices

    init(_ name: String, _ services: [ProviderService], _ prices: PlayedPrices) {
        (self.name, self.services, self.prices) = (name, services, prices)
    }

    func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String? { symbol }

    func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd {
        let plan = try FetchPlan(request, of: self)
        var flow = BarFlow(plan, leavesOutOffGrid: true), from = plan.wanted.lowerBound, requests = 0
        while from < plan.wanted.upperBound {
            let answer = try exchange.get(
                ProviderRequest("/\(request.symbol)/\(request.timeframe.rawValue)", [("from", "\(from)")]))
            requests += 1
            let page = try PlayedBody.bars(answer.body)
            guard let last = page.times.last else { break }
            let bars = try flow.take(page)
            if bars.count > 0 { try deliver(bars) }
            from = last + request.timeframe.microseconds
        }
        return FetchEnd(
            completeThrough: plan.completeThrough, requests: requests, leftOut: flow.leftOut,
            impossible: flow.impossible)
    }
}

/// Where its exchanges come from.
struct PlayedExchanges: ProviderExchanges {
    let prices: PlayedPrices

    func exchange(
        with provider: any PriceProvider, isUnderWay: Bool,
        pause: @escaping @Sendable (_ milliseconds: Int) throws -> Void
    ) -> any ProviderExchange {
        prices.begin(isUnderWay)
        return PlayedExchange(prices: prices, pause: pause)
    }
}

private struct PlayedExchange: ProviderExchange {
    let prices: PlayedPrices
    let pause: @Sendable (_ milliseconds: Int) throws -> Void

    func get(_ request: ProviderRequest) throws(ProviderError) -> ProviderAnswer {
        ProviderAnswer(status: 200, body: PlayedBody.text(try prices.answer(request, pause)))
    }
}

private enum PlayedBody {
    static func text(_ bars: CandleSeries) -> [UInt8] {
        let rows = bars.times.indices.map { i in
            "\(bars.times[i]) \(bars.open[i]) \(bars.high[i]) \(bars.low[i]) \(bars.close[i]) \(bars.volume[i])"
        }
        return Array(rows.joined(separator: "\n").utf8)
    }

    static func bars(_ body: [UInt8]) throws(ProviderError) -> CandleSeries {
        var bars = CandleSeries()
        for row in String(decoding: body, as: UTF8.self).split(separator: "\n") {
            let cells = row.split(separator: " ")
            let prices = cells.dropFirst().compactMap { Double($0) }
            guard let time = Int64(cells[0]), prices.count == 5 else { throw .upstream("no bar") }
            bars.append(
                time: time, open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume: prices[4])
        }
        return bars
    }
}
