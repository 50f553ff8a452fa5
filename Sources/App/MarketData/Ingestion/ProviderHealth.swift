import Market
import Providers

/// How a vendor of bars stands with this installation.
struct ProviderHealth: Sendable {
    let access: PriceProviderAccess
    /// Nil: nobody has ever asked it.
    let standing: ProviderStanding?
    /// Of the series that are looked at those that came from it.
    let series: Int

    init(_ access: PriceProviderAccess, _ standing: ProviderStanding?, series: Int) {
        (self.access, self.standing, self.series) = (access, standing, series)
    }

    static let form = Form<ProviderHealth>.object(
        "PriceProvider",
        [
            .member("name", .text, \.access.provider.name), .member("title", .text, \.access.provider.title),
            .member(
                "is_configured",
                Form<Bool>.flag.described("Whether it may be asked: a key is there where one is needed"),
                \.access.isConfigured),
            .member(
                "asset_types",
                Form<[AssetType]>.list(of: .choice()).described("Of what it may be asked for prices")
            ) { health in AssetType.allCases.filter { health.access.serves($0) } },
            .member("breaker", Form<ProviderBreaker.BreakerState>.choice()) {
                $0.standing?.state ?? .closed
            },
            .nullable(
                "open_until", Form<Instant>.time.described("Nobody asks it before"), \.standing?.openUntil),
            .member("failures", Form<Int>.integer.described("One after the other, up to now")) {
                $0.standing?.failures ?? 0
            },
            .nullable("last_success_at", .time, \.standing?.lastSuccess),
            .nullable("last_failure_at", .time, \.standing?.lastFailure),
            .nullable("last_error_code", .text, \.standing?.lastErrorCode),
            .member("series", Form<Int>.integer.described("Of those looked at, how many came from it"), \.series),
        ])
}
