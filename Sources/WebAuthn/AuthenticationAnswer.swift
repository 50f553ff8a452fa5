import JSON

/// A browser's answer to `navigator.credentials.get`, read but not yet believed.
public struct AuthenticationAnswer: Sendable {
    /// By this the credential is found.
    public let credentialID: [UInt8]
    /// Whose credential the authenticator says it is: 1 to 64 bytes. Nil when it does not say, which Safari writes as
    /// nothing between quotes for a security key.
    public let userHandle: [UInt8]?
    public let clientData: ClientData
    public let attachment: AuthenticatorAttachment?
    /// What was signed, and how.
    public let assertion: Assertion

    /// Reads `credential.toJSON()`.
    public init(_ json: Value) throws(WebAuthnRefusal) {
        let answer = try CredentialAnswer(json)
        credentialID = answer.id
        attachment = answer.attachment
        let clientData = try answer.bytes("clientDataJSON")
        self.clientData = try ClientData(clientData)
        assertion = Assertion(
            clientData: clientData, authenticatorData: try answer.bytes("authenticatorData"),
            signature: try answer.bytes("signature"))
        let handle = try answer.optionalBytes("userHandle") ?? []
        guard handle.count <= 64 else { throw CredentialAnswer.refusal("a user handle of \(handle.count) bytes") }
        userHandle = handle.isEmpty ? nil : handle
    }
}
