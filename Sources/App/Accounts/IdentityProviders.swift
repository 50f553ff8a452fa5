/// Asks the configured providers who somebody is. This module says what it needs; whoever may use the network does it,
/// in a process of its own.
public protocol IdentityProviders: AnyObject {
    /// Where to send a browser.
    func address(_ request: AuthorizationRequest) -> String

    /// Finds out who came back. Takes seconds when the provider does.
    ///
    /// - Parameter answer: what the browser brought from the provider; each name once.
    func identity(_ request: AuthorizationRequest, answer: [String: String]) throws(IdentityRefusal) -> Identity
}

/// What a browser takes along to a provider and has to bring back.
public struct AuthorizationRequest: Sendable, Equatable {
    public let provider: IdentityProvider
    /// An address of ours, exactly as the provider knows it.
    public let redirectURI: String
    public let state: String
    public let nonce: String
    /// PKCE (RFC 7636); the provider sees its SHA-256 first and itself only with the code.
    public let codeVerifier: String

    public init(provider: IdentityProvider, redirectURI: String, state: String, nonce: String, codeVerifier: String) {
        self.provider = provider
        self.redirectURI = redirectURI
        self.state = state
        self.nonce = nonce
        self.codeVerifier = codeVerifier
    }
}

/// Somebody as a provider knows and vouches for them. Only issuer and subject say who it is.
public struct Identity: Sendable, Equatable {
    public let issuer: String
    public let subject: String
    /// May be a relay address.
    public let email: String?
    public let isEmailVerified: Bool
    /// As the person calls themselves; may be unproven.
    public let displayName: String?

    public init(issuer: String, subject: String, email: String?, isEmailVerified: Bool, displayName: String?) {
        self.issuer = issuer
        self.subject = subject
        self.email = email
        self.isEmailVerified = isEmailVerified
        self.displayName = displayName
    }
}

/// Nobody was identified.
public struct IdentityRefusal: Error, Sendable, Equatable {
    public enum Kind: Sendable {
        /// The person said no to the provider.
        case cancelled
        /// The provider did not answer, or not in order.
        case unavailable
        /// The provider said no, or what it said is not to be believed.
        case refused
    }

    public let kind: Kind
    /// A few words for log and audit trail; never a code, token or secret.
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
