import Daemon
import HTTPClient
public import Providers
import System

public import struct Daemon.Log

/// Asks vendors of bars over the network, for all threads of a process: how often each is asked is counted in one place, which
/// may be one for all hosts.
///
/// ```swift
/// let exchanges = PriceExchanges(configuration, log: log)
/// let exchange = exchanges.exchange(with: Coinbase(), isUnderWay: false) { milliseconds in
///     usleep(UInt32(milliseconds) * 1_000)
/// }
/// ```
public final class PriceExchanges: ProviderExchanges {
    /// What is configured of a vendor.
    public struct Access: Sendable {
        /// `https://host`, or plain HTTP to this machine where that is allowed.
        public let address: String
        public let pace: RequestPace

        public init(address: String, pace: RequestPace) {
            (self.address, self.pace) = (address, pace)
        }
    }

    /// How much a vendor is waited for.
    struct Patience {
        var limits = Limits(connectMilliseconds: 5_000, totalMilliseconds: 30_000, maxBodyBytes: 16 << 20)
        /// Before it is asked again after a trouble of its own.
        var backOffMilliseconds = 2_000
        /// When it says itself how long it wants to be left alone.
        var longestWaitSeconds = 60
        /// How far the first turn of some work may be: whoever waits keeps others from theirs.
        var firstTurnMilliseconds = 2_000
    }

    private let vendors: [String: Vendor]
    private let patience: Patience
    private let allowsLoopback: Bool
    private let log: Log

    /// One vendor, and its pace.
    struct Vendor {
        let name: String
        /// Without a slash at its end.
        let address: String
        let pacer: Pacer
    }

    /// - Parameters:
    ///   - access: to each vendor, by ``PriceProvider/name``.
    ///   - turns: those of all hosts; nil: there is no other.
    ///   - allowsLoopback: also plain HTTP to this very machine: for development and tests.
    public convenience init(
        access: [String: Access], turns: (any SharedTurns)? = nil, allowsLoopback: Bool = false, log: Log
    ) {
        self.init(access: access, patience: Patience(), turns: turns, allowsLoopback: allowsLoopback, log: log)
    }

    init(
        access: [String: Access], patience: Patience, turns: (any SharedTurns)? = nil, allowsLoopback: Bool, log: Log
    ) {
        vendors = Dictionary(
            uniqueKeysWithValues: access.map { name, access in
                var address = access.address
                while address.hasSuffix("/") { address.removeLast() }
                let pacer = Pacer(
                    access.pace, longestWaitSeconds: patience.longestWaitSeconds, shared: Self.taking(turns, of: name))
                return (name, Vendor(name: name, address: address, pacer: pacer))
            })
        (self.patience, self.allowsLoopback, self.log) = (patience, allowsLoopback, log)
    }

    private static func taking(
        _ turns: (any SharedTurns)?, of name: String
    ) -> (@Sendable (Turns.Wish) -> Turns.Turn?)? {
        guard let turns else { return nil }
        return { wish in turns.take(wish, of: name) }
    }

    /// - Precondition: the vendor is one of those it was made for.
    public func exchange(
        with provider: any PriceProvider, isUnderWay: Bool,
        pause: @escaping @Sendable (_ milliseconds: Int) throws -> Void
    ) -> any ProviderExchange {
        guard let vendor = vendors[provider.name] else { preconditionFailure("\(provider.name) is not known here") }
        return PriceExchange(
            vendor, patience, isUnderWay: isUnderWay, allowsLoopback: allowsLoopback, log: log, pause: pause)
    }
}
