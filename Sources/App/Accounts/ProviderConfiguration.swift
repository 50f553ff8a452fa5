import Crypto

extension ConfigurationSource {
    /// The providers that are configured, Google before Apple.
    ///
    /// - Parameter allowsLoopback: endpoints may also be `http` on this machine.
    mutating func providers(allowsLoopback: Bool) -> [ProviderSettings] {
        let found = [google(allowsLoopback), apple(allowsLoopback)].compactMap { $0 }
        if let first = found.first, text("PUBLIC_ORIGINS", "").isEmpty {
            problems.append(
                "\(first.provider.prefix)CLIENT_ID is set, but PUBLIC_ORIGINS is not: the provider sends people back there"
            )
        }
        return found
    }

    private mutating func google(_ allowsLoopback: Bool) -> ProviderSettings? {
        guard isComplete(.google, ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]) else { return nil }
        let secret = secret("GOOGLE_CLIENT_SECRET", "")
        return ProviderSettings(
            provider: .google, clientID: text("GOOGLE_CLIENT_ID", ""), secret: .fixed(secret),
            issuer: address("GOOGLE_ISSUER", "https://accounts.google.com", allowsLoopback),
            authorizationEndpoint: address(
                "GOOGLE_AUTHORIZATION_ENDPOINT", "https://accounts.google.com/o/oauth2/v2/auth", allowsLoopback),
            tokenEndpoint: address("GOOGLE_TOKEN_ENDPOINT", "https://oauth2.googleapis.com/token", allowsLoopback),
            keysEndpoint: address("GOOGLE_KEYS_ENDPOINT", "https://www.googleapis.com/oauth2/v3/certs", allowsLoopback),
            userInfoEndpoint: address(
                "GOOGLE_USERINFO_ENDPOINT", "https://openidconnect.googleapis.com/v1/userinfo", allowsLoopback))
    }

    private mutating func apple(_ allowsLoopback: Bool) -> ProviderSettings? {
        guard isComplete(.apple, ["APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY"]) else {
            return nil
        }
        let pem = secret("APPLE_PRIVATE_KEY", "")
        if !pem.isEmpty, !Self.isSigningKey(pem) {
            problems.append("APPLE_PRIVATE_KEY must be the P-256 key that Apple made, the whole PEM file")
        }
        return ProviderSettings(
            provider: .apple, clientID: text("APPLE_CLIENT_ID", ""),
            secret: .signed(teamID: text("APPLE_TEAM_ID", ""), keyID: text("APPLE_KEY_ID", ""), privateKey: pem),
            issuer: address("APPLE_ISSUER", "https://appleid.apple.com", allowsLoopback),
            authorizationEndpoint: address(
                "APPLE_AUTHORIZATION_ENDPOINT", "https://appleid.apple.com/auth/authorize", allowsLoopback),
            tokenEndpoint: address("APPLE_TOKEN_ENDPOINT", "https://appleid.apple.com/auth/token", allowsLoopback),
            keysEndpoint: address("APPLE_KEYS_ENDPOINT", "https://appleid.apple.com/auth/keys", allowsLoopback),
            userInfoEndpoint: nil)
    }

    /// Whether a provider is configured: all of its variables or none.
    private mutating func isComplete(_ provider: IdentityProvider, _ names: [String]) -> Bool {
        let missing = names.filter { name in
            [name, name + "_FILE"].allSatisfy { variables[$0].map(\.isEmpty) ?? true }
        }
        if missing.count == names.count { return false }
        for name in missing {
            problems.append(
                "\(name) is not set: signing in with \(provider.rawValue) needs \(names.joined(separator: ", "))")
        }
        return true
    }

    private mutating func address(_ name: String, _ fallback: String, _ allowsLoopback: Bool) -> String {
        let written = text(name, fallback)
        let isPlain = written.utf8.allSatisfy {
            $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\"")
        }
        let loopback = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        let isLoopback = loopback.contains { start in
            written.hasPrefix(start) && [":", "/", nil].contains(written.dropFirst(start.count).first)
        }
        let isSecure = written.hasPrefix("https://") && written.utf8.count > 8
        guard isPlain, isSecure || (isLoopback && allowsLoopback) else {
            problems.append(
                "\(name) must be an address that begins with https://"
                    + (allowsLoopback ? ", or with http:// on this machine" : "") + ", not \"\(written)\"")
            return fallback
        }
        return written
    }

    private static func isSigningKey(_ pem: String) -> Bool {
        guard let key = PrivateKey(pem: Array(pem.utf8)), case .elliptic(.p256, _) = key.publicKey else { return false }
        return true
    }
}

extension IdentityProvider {
    /// How the names of its variables begin.
    var prefix: String { rawValue.uppercased() + "_" }
}

extension Configuration {
    func provider(_ name: IdentityProvider) -> ProviderSettings? { providers.first { $0.provider == name } }

    /// The rows of ``effective`` about providers.
    var effectiveProviders: [(name: String, value: String)] {
        IdentityProvider.allCases.flatMap { name -> [(name: String, value: String)] in
            let settings = provider(name)
            var rows = [("CLIENT_ID", settings?.clientID)]
            switch settings?.secret {
            case .fixed: rows.append(("CLIENT_SECRET", "***"))
            case .signed(let teamID, let keyID, _):
                rows += [("TEAM_ID", teamID), ("KEY_ID", keyID), ("PRIVATE_KEY", "***")]
            case nil: return [(name.prefix + "CLIENT_ID", "")]
            }
            rows += [
                ("ISSUER", settings?.issuer), ("AUTHORIZATION_ENDPOINT", settings?.authorizationEndpoint),
                ("TOKEN_ENDPOINT", settings?.tokenEndpoint), ("KEYS_ENDPOINT", settings?.keysEndpoint),
            ]
            if let userInfo = settings?.userInfoEndpoint { rows.append(("USERINFO_ENDPOINT", userInfo)) }
            return rows.map { (name.prefix + $0.0, $0.1 ?? "") }
        }
    }
}
