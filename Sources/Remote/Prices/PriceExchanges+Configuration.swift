public import App
public import Daemon

extension PriceExchanges {
    /// As the installation's configuration says.
    public convenience init(_ configuration: Configuration, log: Log) {
        self.init(
            access: Dictionary(
                uniqueKeysWithValues: configuration.priceProviders.all.map {
                    ($0.provider.name, Access(address: $0.address, pace: $0.pace))
                }), turns: ProviderTurns(configuration, log: log),
            allowsLoopback: configuration.environment != .production, log: log)
    }
}
