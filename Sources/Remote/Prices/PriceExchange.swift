import Daemon
import HTTP
import HTTPClient
import Market
import Providers
import Synchronization
import System

/// One vendor's answers for one piece of work, over connections that it keeps.
///
/// A question waits its turn; work that has not asked yet is sent away where that is far. Where the vendor has trouble of its own or does not answer it is asked once more, after a
/// back-off; where it says how long it wants to be left alone, all who ask it wait for that, or are told when it is too
/// long. What is logged and thrown has neither the address nor the key in it.
final class PriceExchange: ProviderExchange {
    private let vendor: PriceExchanges.Vendor
    private let patience: PriceExchanges.Patience
    private let client: Mutex<Client>
    private let isUnderWay: Atomic<Bool>
    private let log: Log
    private let pause: @Sendable (_ milliseconds: Int) throws -> Void

    init(
        _ vendor: PriceExchanges.Vendor, _ patience: PriceExchanges.Patience, isUnderWay: Bool, allowsLoopback: Bool,
        log: Log, pause: @escaping @Sendable (_ milliseconds: Int) throws -> Void
    ) {
        client = Mutex(Client(patience.limits, allowsLoopback: allowsLoopback))
        self.isUnderWay = Atomic(isUnderWay)
        (self.vendor, self.patience, self.log, self.pause) = (vendor, patience, log, pause)
    }

    func get(_ request: ProviderRequest) throws(ProviderError) -> ProviderAnswer {
        do throws(AnswerError) { return try ask(request) } catch {
            guard error.mayPassSoon else { throw error.reason }
            try wait(error.backOffMilliseconds)
        }
        do throws(AnswerError) { return try ask(request) } catch { throw error.reason }
    }

    /// What came instead of an answer that is worth reading.
    private struct AnswerError: Error {
        let reason: ProviderError
        /// Whether to ask again at once, or after so long.
        var mayPassSoon = false
        var backOffMilliseconds = 0
    }

    private func ask(_ request: ProviderRequest) throws(AnswerError) -> ProviderAnswer {
        do throws(ProviderError) {
            let longest = isUnderWay.load(ordering: .relaxed) ? nil : Int64(patience.firstTurnMilliseconds) * 1_000_000
            switch vendor.pacer.turn(now: SystemClock.monotonicNanoseconds(), within: longest) {
            case .closed(let seconds): throw .rateLimited(retryAfterSeconds: seconds)
            case .later(let seconds): throw .paced(seconds: seconds)
            case .after(let milliseconds):
                isUnderWay.store(true, ordering: .relaxed)
                try wait(milliseconds)
            }
        } catch { throw AnswerError(reason: error) }
        let answer = try send(request)
        if answer.status != 200 {
            log.warning(
                "a provider of prices refuses",
                ["provider": .string(vendor.name), "status": .number(.init(answer.status))])
        }
        switch answer.status {
        // 418: Binance has shut us out for going on.
        case 418, 429: throw limited(answer)
        case 503 where answer.retryAfterSeconds != nil: throw limited(answer)
        case 500..<600:
            throw AnswerError(
                reason: .unwell(status: answer.status), mayPassSoon: true,
                backOffMilliseconds: patience.backOffMilliseconds)
        default: return answer
        }
    }

    private func limited(_ answer: ProviderAnswer) -> AnswerError {
        if let seconds = answer.retryAfterSeconds {
            vendor.pacer.close(seconds: seconds, now: SystemClock.monotonicNanoseconds())
        }
        // The pace itself waits for what the vendor says.
        return AnswerError(
            reason: .rateLimited(retryAfterSeconds: answer.retryAfterSeconds),
            mayPassSoon: answer.status != 418 && answer.retryAfterSeconds ?? 0 <= patience.longestWaitSeconds,
            backOffMilliseconds: answer.retryAfterSeconds == nil ? patience.backOffMilliseconds : 0)
    }

    private func send(_ request: ProviderRequest) throws(AnswerError) -> ProviderAnswer {
        var url = vendor.address + request.path
        if !request.query.isEmpty { url += "?" + formEncoded(request.query) }
        let message = HTTPClient.Request(
            url, fields: Fields([(name: "Accept", value: "application/json")] + request.fields))
        do throws(ExchangeError) {
            let answer = try client.withLock { client throws(ExchangeError) in
                try client.send(message) { [pause] in (try? pause(0)) != nil }
            }
            let now = Instant(microseconds: SystemClock.unixMicroseconds())
            return ProviderAnswer(
                status: answer.status, body: answer.body,
                retryAfterSeconds: answer.fields["Retry-After"].flatMap { RetryAfter.seconds($0, now: now) })
        } catch {
            guard error.code != .unwanted else { throw answerError(error) }
            log.warning(
                "a provider of prices gives no answer",
                [
                    "provider": .string(vendor.name), "code": .string(error.code.rawValue),
                    "detail": .string(error.message),
                ])
            throw answerError(error)
        }
    }

    private func answerError(_ error: ExchangeError) -> AnswerError {
        func passing(_ sentence: String) -> AnswerError {
            AnswerError(
                reason: .unreachable(sentence), mayPassSoon: true, backOffMilliseconds: patience.backOffMilliseconds)
        }
        return switch error.code {
        case .addressRefused: AnswerError(reason: .badRequest("the provider's address is none that may be asked"))
        case .unreachable: passing("the provider cannot be reached")
        case .timedOut: passing("the provider gave no whole answer within \(patience.limits.totalMilliseconds) ms")
        case .broken: passing("the provider's answer broke off or was no HTTP")
        case .unwanted: AnswerError(reason: .cancelled)
        case .notTrusted: AnswerError(reason: .unreachable("the provider's certificate is not trusted"))
        case .tooLarge: AnswerError(reason: .upstream("the provider's answer is larger than an answer may be"))
        }
    }

    private func wait(_ milliseconds: Int) throws(ProviderError) {
        do { try pause(milliseconds) } catch { throw .cancelled }
    }
}
