import Daemon
import HTTPClient
public import Providers
import System

public import struct Daemon.Log

/// Asks vendors of bars over the network, for all threads of a process: how often each is asked is counted in one place.
public final class PriceExchanges: ProviderExchanges {
    /// What is configured of a vendor; nil: as the vendor has it.
    public struct Access: Sendable {
        /// `https://host`, or plain HTTP to this machine where that is allowed.
        public var address: String?
        public var pace: RequestPace?

        public init(address: String? = nil, pace: RequestPace? = nil) {
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
    ///   - access: by ``PriceProvider/name``.
    ///   - allowsLoopback: also plain HTTP to this very machine: for development and tests.
    public convenience init(
        _ providers: [any PriceProvider] = ProviderCatalog.all, access: [String: Access] = [:],
        allowsLoopback: Bool = false, log: Log
    ) {
        self.init(providers, access: access, patience: Patience(), allowsLoopback: allowsLoopback, log: log)
    }

    init(
        _ providers: [any PriceProvider], access: [String: Access], patience: Patience, allowsLoopback: Bool, log: Log
    ) {
        vendors = Dictionary(
            uniqueKeysWithValues: providers.map { provider in
                let access = access[provider.name] ?? Access()
                var address = access.address ?? provider.address
                while address.hasSuffix("/") { address.removeLast() }
                let pacer = Pacer(access.pace ?? provider.pace, longestWaitSeconds: patience.longestWaitSeconds)
                return (provider.name, Vendor(name: provider.name, address: address, pacer: pacer))
            })
        (self.patience, self.allowsLoopback, self.log) = (patience, allowsLoopback, log)
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
