import Market
public import Providers

/// A vendor of bars as this installation may ask it.
public struct PriceProviderAccess: Sendable {
    public let provider: any PriceProvider
    /// Where it answers.
    public let address: String
    public let pace: RequestPace
    /// Nil: there is no key.
    let credentials: Credentials?
    /// What holds the key in the settings; none of a vendor that takes no key.
    let keyNames: [String]

    init(
        _ provider: any PriceProvider, address: String, pace: RequestPace, credentials: Credentials? = nil,
        keyNames: [String] = []
    ) {
        (self.provider, self.address) = (provider, address)
        (self.pace, self.credentials, self.keyNames) = (pace, credentials, keyNames)
    }

    /// Whether a key would make it answer for a kind and width.
    func lacksKey(for assetType: AssetType, _ timeframe: Timeframe) -> Bool {
        credentials == nil && provider.service(of: assetType, timeframe)?.needsKey == true
    }

    /// What to do where there is no key.
    var keyAdvice: String {
        "set \(keyNames.joined(separator: " and ")) in bitstockerz.env (a free key will do), and restart bitstockerz-worker"
    }

    /// What it may be asked for of a kind and width; nil: nothing, or there is no key for it.
    func service(of assetType: AssetType, _ timeframe: Timeframe) -> ProviderService? {
        guard let service = provider.service(of: assetType, timeframe), !service.needsKey || credentials != nil else {
            return nil
        }
        return service
    }

    func serves(_ assetType: AssetType) -> Bool {
        assetType.timeframes.contains { service(of: assetType, $0) != nil }
    }

    /// Whether it may be asked for anything.
    public var isConfigured: Bool { AssetType.allCases.contains(where: serves) }
}

/// The vendors of bars that there are, and who is asked for what is new.
public struct PriceProviders: Sendable {
    public let all: [PriceProviderAccess]
    private let preferred: [AssetType: String]

    /// - Parameter preferred: by the name of a vendor; where it may not be asked another takes its place.
    init(_ all: [PriceProviderAccess], preferred: [AssetType: String] = [:]) {
        (self.all, self.preferred) = (all, preferred)
    }

    /// What to do where nobody may be asked for a kind.
    func keyAdvice(for assetType: AssetType) -> String {
        let locked = all.filter { access in
            assetType.timeframes.contains { access.lacksKey(for: assetType, $0) }
        }
        return locked.map { "\($0.provider.title): \($0.keyAdvice)" }.joined(separator: "; or ")
    }

    /// - Parameter name: as it is stored with bars.
    subscript(name: String) -> PriceProviderAccess? { all.first { $0.provider.name == name } }

    /// Who is asked for a symbol of which nothing is stored; nil: nobody may be.
    func standard(for assetType: AssetType) -> PriceProviderAccess? {
        let able = all.filter { $0.serves(assetType) }
        return able.first { $0.provider.name == preferred[assetType] } ?? able.first
    }
}

extension ConfigurationSource {
    /// Which variables a vendor has. One that needs no key has none for it.
    private struct PriceVariables {
        let provider: any PriceProvider
        let address: Variable
        let requests: Variable
        /// The variable says in its name of which time the number is.
        let pace: @Sendable (Int) -> RequestPace
        var keyID: Variable?
        var secret: Variable?

        /// As they are called in the settings, where each may also come by file.
        var keyNames: [String] { [keyID, secret].compactMap { $0?.secretName } }
    }

    private static let priceVariables = [
        PriceVariables(
            provider: Coinbase(), address: .coinbaseAddress, requests: .coinbaseRequests, pace: RequestPace.aMinute),
        PriceVariables(
            provider: Binance(), address: .binanceAddress, requests: .binanceRequests, pace: RequestPace.aMinute),
        PriceVariables(
            provider: Alpaca(), address: .alpacaAddress, requests: .alpacaRequests, pace: RequestPace.aMinute,
            keyID: .alpacaKeyIDFile, secret: .alpacaSecretFile),
        PriceVariables(
            provider: Tiingo(), address: .tiingoAddress, requests: .tiingoRequests, pace: RequestPace.anHour,
            secret: .tiingoTokenFile),
    ]

    /// - Parameter allowsLoopback: addresses may also be `http` on this machine.
    mutating func priceProviders(allowsLoopback: Bool) -> PriceProviders {
        let all = Self.priceVariables.map { variables in
            let requests = integer(variables.requests, 1...100 * variables.pace(1).seconds)
            return PriceProviderAccess(
                variables.provider, address: address(variables.address, allowsLoopback), pace: variables.pace(requests),
                credentials: credentials(variables), keyNames: variables.keyNames)
        }
        return PriceProviders(
            all,
            preferred: [
                .equity: preferred(.equityProvider, .equity, all), .crypto: preferred(.cryptoProvider, .crypto, all),
            ])
    }

    private mutating func credentials(_ variables: PriceVariables) -> Credentials? {
        guard let file = variables.secret else { return nil }
        let secret = secret(file), keyID = variables.keyID.map { self.secret($0) }
        for (value, variable) in [(secret, file)] + (variables.keyID.map { [(keyID ?? "", $0)] } ?? []) {
            // It becomes a header field.
            guard value.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), value.utf8.count <= 512 else {
                problems.append("\(variable.secretName) must be at most 512 printable ASCII characters without blanks")
                return nil
            }
        }
        guard let keyID, let keyFile = variables.keyID else {
            return secret.isEmpty ? nil : Credentials(secret: secret)
        }
        guard secret.isEmpty == keyID.isEmpty else {
            let (missing, given) = secret.isEmpty ? (file, keyFile) : (keyFile, file)
            problems.append("\(missing.secretName) is not set, but \(given.secretName) is: a key has both")
            return nil
        }
        return secret.isEmpty ? nil : Credentials(keyID: keyID, secret: secret)
    }

    /// Who is asked for new symbols of a kind.
    private mutating func preferred(
        _ variable: Variable, _ assetType: AssetType, _ all: [PriceProviderAccess]
    ) -> String {
        let written = text(variable)
        let names = all.filter { access in access.provider.services.contains { $0.assetType == assetType } }.map {
            $0.provider.name
        }
        guard names.contains(written) else {
            problems.append("\(variable) must be one of \(names.joined(separator: ", ")), not \"\(written)\"")
            return variable.standard
        }
        // The default may be asked or not; who names one means it.
        if isSet(variable.name), all.first(where: { $0.provider.name == written })?.serves(assetType) != true {
            let needed = Self.priceVariables.first { $0.provider.name == written }
            let keys = (needed?.keyNames ?? []).joined(separator: " and ")
            problems.append("\(variable) is \(written), which gives \(assetType.rawValue) only to who sets \(keys)")
        }
        return written
    }
}
