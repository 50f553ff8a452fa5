/// Whose accounts people may sign in with. The raw values are stored and part of addresses.
public enum IdentityProvider: String, Sendable, CaseIterable {
    case google, apple

    var sessionMethod: Sessions.Method {
        switch self {
        case .google: .google
        case .apple: .apple
        }
    }
}

/// A provider as operators have configured it. Nothing of it is ever looked up: a provider that changes its discovery
/// document, or somebody who forges one, does not change where we send people.
public struct ProviderSettings: Sendable, Equatable {
    public enum Secret: Sendable, Equatable {
        case fixed(String)
        /// Made anew by us with the team's key, PKCS #8 in PEM.
        case signed(teamID: String, keyID: String, privateKey: String)
    }

    public let provider: IdentityProvider
    public let clientID: String
    public let secret: Secret
    /// As the provider writes it into its tokens; also part of an identity, so it never changes.
    public let issuer: String
    public let authorizationEndpoint: String
    public let tokenEndpoint: String
    public let keysEndpoint: String
    /// Nil where there is none, or where it is not asked.
    public let userInfoEndpoint: String?
}
