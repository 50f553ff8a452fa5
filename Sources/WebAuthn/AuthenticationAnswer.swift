import JSON

/// A browser's answer to `navigator.credentials.get`, read but not yet believed.
public struct AuthenticationAnswer: Sendable {
    /// By this the credential is found.
    public let credentialID: [UInt8]
    /// Whose credential the authenticator says it is; at most 64 bytes. Nil when it does not say.
    public let userHandle: [UInt8]?
    public let clientData: ClientData
    public let attachment: AuthenticatorAttachment?
    let authenticatorData: [UInt8]
    let signature: [UInt8]

    /// Reads `credential.toJSON()`.
    public init(_ json: Value) throws(WebAuthnRefusal) {
        let answer = try CredentialAnswer(json)
        credentialID = answer.id
        attachment = answer.attachment
        clientData = try ClientData(try answer.bytes("clientDataJSON"))
        authenticatorData = try answer.bytes("authenticatorData")
        signature = try answer.bytes("signature")
        userHandle = try answer.optionalBytes("userHandle")
        guard userHandle.map({ 1...64 ~= $0.count }) ?? true else {
            throw CredentialAnswer.fault("a user handle of \(userHandle?.count ?? 0) bytes")
        }
    }
}
