import Crypto

/// What an authenticator has signed, byte by byte: kept as a proof, it can be looked at long after its ceremony.
public struct Assertion: Sendable, Equatable {
    /// The JSON of the browser.
    public let clientData: [UInt8]
    public let authenticatorData: [UInt8]
    public let signature: [UInt8]

    public init(clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8]) {
        self.clientData = clientData
        self.authenticatorData = authenticatorData
        self.signature = signature
    }

    /// Whether a key has signed this challenge, the user verified. That the key was its user's and the site ours is what
    /// the ceremony found out (``Authentication``); this finds what was changed since.
    ///
    /// - Parameter publicKey: in COSE form, as it was stored.
    public func isSigned(by publicKey: [UInt8], challenge: [UInt8]) -> Bool {
        do throws(WebAuthnRefusal) {
            let client = try ClientData(clientData)
            guard client.type == "webauthn.get", ExpectedChallenge.bytes(challenge).matches(client.challenge) else {
                return false
            }
            guard try AuthenticatorData(authenticatorData).flags.contains(.userVerified) else { return false }
            return try isSigned(by: publicKey)
        } catch { return false }
    }

    /// 7.2, steps 20 and 21.
    func isSigned(by publicKey: [UInt8]) throws(WebAuthnRefusal) -> Bool {
        try COSEKey(publicKey).verifies(signature, of: authenticatorData + Digest.sha256(clientData))
    }
}
