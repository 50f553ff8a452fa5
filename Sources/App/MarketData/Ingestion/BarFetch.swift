import Market
import Providers
import Synchronization
import System

/// A vendor's answers on a thread of their own: the network takes its time there, while the thread of the job stores what
/// has come, keeps its lease and hears that it is to stop.
///
/// What comes faster than it is stored waits: memory holds a few pages, however long the series.
final class BarFetch: Sendable {
    enum Event {
        /// Bars, each stretch later than the one before.
        case bars(CandleSeries)
        case end(FetchEnd)
    }

    private struct State {
        var bars: [CandleSeries] = []
        var end: Result<FetchEnd, any Error>?
        var isUnwanted = false
    }

    /// Stretches that may wait.
    private static let maximum = 4

    private let state = Mutex(State())
    private let came: WakeEvent
    /// There is room for more, or nobody wants any.
    private let goOn: WakeEvent

    /// Begins at once.
    ///
    /// - Parameter isUnderWay: whether something was asked for the same job before.
    init(
        _ request: FetchRequest, of provider: any PriceProvider, by exchanges: any ProviderExchanges, isUnderWay: Bool
    ) throws {
        (came, goOn) = (try WakeEvent(), try WakeEvent())
        try WorkerThread.start { [self] in
            let exchange = MeteredExchange(
                exchanges.exchange(with: provider, isUnderWay: isUnderWay) { milliseconds in
                    try self.pause(milliseconds)
                },
                provider: provider.name)
            let end = Result { try provider.fetch(request, by: exchange) { bars in try self.deliver(bars) } }
            state.withLock { $0.end = end }
            came.wake()
        }.detach()
    }

    /// What came next.
    ///
    /// - Returns: nil when nothing came for so long.
    /// - Throws: what the fetch ended with: ``ProviderError``.
    func next(milliseconds: Int) throws -> Event? {
        let deadline = Deadline(milliseconds: milliseconds)
        while true {
            let (bars, end) = state.withLock { state in
                state.bars.isEmpty ? (nil, state.end) : (state.bars.removeFirst(), nil)
            }
            if let bars {
                goOn.wake()
                return .bars(bars)
            }
            if let end { return .end(try end.get()) }
            if !came.wait(milliseconds: Int(deadline.remainingMilliseconds)) { return nil }
        }
    }

    /// Nobody wants the rest. Returns at once; what the vendor is being asked at this moment ends by itself.
    func stop() {
        state.withLock { $0.isUnwanted = true }
        goOn.wake()
    }

    private func pause(_ milliseconds: Int) throws {
        let deadline = Deadline(milliseconds: milliseconds)
        repeat {
            if state.withLock({ $0.isUnwanted }) { throw ProviderError.cancelled }
        } while goOn.wait(milliseconds: Int(deadline.remainingMilliseconds))
    }

    private func deliver(_ bars: CandleSeries) throws {
        while true {
            let isTaken = try state.withLock { state in
                if state.isUnwanted { throw ProviderError.cancelled }
                guard state.bars.count < Self.maximum else { return false }
                state.bars.append(bars)
                return true
            }
            if isTaken {
                came.wake()
                return
            }
            goOn.wait(milliseconds: 1_000)
        }
    }
}

/// Counts what a vendor is asked.
private struct MeteredExchange: ProviderExchange {
    private let exchange: any ProviderExchange
    private let provider: String

    init(_ exchange: any ProviderExchange, provider: String) { (self.exchange, self.provider) = (exchange, provider) }

    func get(_ request: ProviderRequest) throws(ProviderError) -> ProviderAnswer {
        let began = SystemClock.monotonicNanoseconds()
        do throws(ProviderError) {
            let answer = try exchange.get(request)
            Meters.current.askedForPrices(provider, answer.status == 200 ? .answered : .refused, since: began)
            return answer
        } catch {
            if case .paced = error { throw error }
            Meters.current.askedForPrices(provider, .failed, since: began)
            throw error
        }
    }
}
