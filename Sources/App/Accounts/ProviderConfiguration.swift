import Crypto

extension ConfigurationSource {
    /// The providers that are configured, Google before Apple.
    ///
    /// - Parameter allowsLoopback: endpoints may also be `http` on this machine.
    mutating func providers(allowsLoopback: Bool) -> [ProviderSettings] {
        let found = [google(allowsLoopback), apple(allowsLoopback)].compactMap { $0 }
        if let first = found.first, !isSet(Variable.publicOrigins.name) {
            let id = first.provider == .google ? Variable.googleClientID : .appleClientID
            problems.append("\(id) is set, but \(Variable.publicOrigins) is not: the provider sends people back there")
        }
        return found
    }

    private mutating func google(_ allowsLoopback: Bool) -> ProviderSettings? {
        let id = text(.googleClientID)
        guard isComplete(.google, [.googleClientID], secret: .googleClientSecretFile) else { return nil }
        return ProviderSettings(
            provider: .google, clientID: id, secret: .fixed(secret(.googleClientSecretFile)),
            issuer: address(.googleIssuer, allowsLoopback),
            authorizationEndpoint: address(.googleAuthorization, allowsLoopback),
            tokenEndpoint: address(.googleToken, allowsLoopback), keysEndpoint: address(.googleKeys, allowsLoopback),
            userInfoEndpoint: address(.googleUserInfo, allowsLoopback))
    }

    private mutating func apple(_ allowsLoopback: Bool) -> ProviderSettings? {
        let id = text(.appleClientID)
        guard isComplete(.apple, [.appleClientID, .appleTeamID, .appleKeyID], secret: .applePrivateKeyFile) else {
            return nil
        }
        let pem = secret(.applePrivateKeyFile)
        if !pem.isEmpty, !Self.isSigningKey(pem) {
            problems.append(
                "\(Variable.applePrivateKeyFile.secretName) must be the P-256 key that Apple made, the whole PEM file")
        }
        return ProviderSettings(
            provider: .apple, clientID: id,
            secret: .signed(teamID: text(.appleTeamID), keyID: text(.appleKeyID), privateKey: pem),
            issuer: address(.appleIssuer, allowsLoopback),
            authorizationEndpoint: address(.appleAuthorization, allowsLoopback),
            tokenEndpoint: address(.appleToken, allowsLoopback), keysEndpoint: address(.appleKeys, allowsLoopback),
            userInfoEndpoint: nil)
    }

    /// Whether a provider is configured: all of its variables or none.
    private mutating func isComplete(
        _ provider: IdentityProvider, _ plain: [Variable], secret: Variable
    ) -> Bool {
        let missing =
            plain.filter { !isSet($0.name) }.map(\.name)
            + (isSet(secret.name) || isSet(secret.secretName) ? [] : [secret.secretName])
        let all = plain.map(\.name) + [secret.secretName]
        if missing.count == all.count { return false }
        for name in missing {
            problems.append(
                "\(name) is not set: signing in with \(provider.rawValue) needs \(all.joined(separator: ", "))")
        }
        return true
    }

    /// - Parameter allowsLoopback: it may also be `http` on this machine.
    mutating func address(_ name: Variable, _ allowsLoopback: Bool) -> String {
        let written = text(name)
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
            return name.standard
        }
        return written
    }

    private static func isSigningKey(_ pem: String) -> Bool {
        guard let key = PrivateKey(pem: Array(pem.utf8)), case .elliptic(.p256, _) = key.publicKey else { return false }
        return true
    }
}

extension Configuration {
    func provider(_ name: IdentityProvider) -> ProviderSettings? { providers.first { $0.provider == name } }
}
