import JSON

/// A browser's answer to `navigator.credentials.create`, read but not yet believed.
public struct RegistrationAnswer: Sendable {
    /// At most 16 short names, so that what is stored stays small.
    static let maxTransports = 16, maxTransportBytes = 32

    public let credentialID: [UInt8]
    public let clientData: ClientData
    let attestationObject: [UInt8]
    /// How the authenticator can be reached (`usb`, `nfc`, `ble`, `hybrid`, `internal` and names to come), in the
    /// client's order, without duplicates; for `allowCredentials` later. A hint, unsigned.
    public let transports: [String]
    public let attachment: AuthenticatorAttachment?
    /// `credProps.rk`: whether the credential can be found without its ID; nil when the client does not say. Unsigned.
    public let isDiscoverable: Bool?

    /// Reads `credential.toJSON()`.
    public init(_ json: Value) throws(WebAuthnRefusal) {
        let answer = try CredentialAnswer(json)
        credentialID = answer.id
        attachment = answer.attachment
        clientData = try ClientData(try answer.bytes("clientDataJSON"))
        attestationObject = try answer.bytes("attestationObject")
        transports = try Self.transports(answer.response["transports"])
        switch answer.extensionResults["credProps"] {
        case nil, .null?: isDiscoverable = nil
        case .object(let properties)?: isDiscoverable = properties["rk"]?.boolValue
        default: throw CredentialAnswer.refusal("credProps is not an object")
        }
    }

    private static func transports(_ value: Value?) throws(WebAuthnRefusal) -> [String] {
        switch value {
        case nil, .null?: return []
        case .array(let elements)? where elements.count <= maxTransports:
            var names: [String] = []
            for element in elements {
                guard let name = element.stringValue, 1...maxTransportBytes ~= name.utf8.count,
                    name.utf8.allSatisfy({
                        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                            || $0 == UInt8(ascii: "-")
                    })
                else { throw CredentialAnswer.refusal("a transport is not a short lower-case word") }
                if !names.contains(name) { names.append(name) }
            }
            return names
        default: throw CredentialAnswer.refusal("transports is not a short array")
        }
    }
}
