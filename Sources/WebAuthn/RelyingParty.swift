import Crypto

/// Who asks. Fixed by configuration, never taken from a request.
public struct RelyingParty: Sendable, Equatable {
    /// The relying party identifier: the domain, or a registrable suffix of it, that credentials are scoped to.
    public let id: String
    /// The origins whose pages may hold a ceremony, each as the browser writes it: `https://example.org`, with the port
    /// when it is not the scheme's own. Compared as a whole, letter by letter.
    public let origins: [String]
    /// Whether a ceremony may be held in a frame inside pages of other origins.
    public let allowsCrossOrigin: Bool
    /// Origins of the pages whose frames we may be in; the browser names them where it can.
    public let topOrigins: [String]
    let idHash: [UInt8]

    public init(id: String, origins: [String], allowsCrossOrigin: Bool = false, topOrigins: [String] = []) {
        self.id = id
        self.origins = origins
        self.allowsCrossOrigin = allowsCrossOrigin
        self.topOrigins = topOrigins
        idHash = Digest.sha256(Array(id.utf8))
    }
}

/// What a ceremony was begun with, as much of it as the server has kept.
public enum ExpectedChallenge: Sendable, Equatable {
    case bytes([UInt8])
    /// The SHA-256 of the challenge's bytes: a stored challenge need not be readable.
    case sha256([UInt8])

    func matches(_ challenge: [UInt8]) -> Bool {
        switch self {
        case .bytes(let expected): constantTimeEqual(expected, challenge)
        case .sha256(let expected): constantTimeEqual(expected, Digest.sha256(challenge))
        }
    }
}

/// Whether the authenticator must have made sure who holds it, with a fingerprint, a face or a PIN.
public enum UserVerification: String, Sendable, CaseIterable {
    case required, preferred, discouraged
}
