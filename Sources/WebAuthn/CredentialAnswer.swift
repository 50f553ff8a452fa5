import Crypto
import JSON

/// What both kinds of answer share: the browser's `PublicKeyCredential.toJSON()`.
///
/// Members that the browser adds for convenience (`publicKey`, `authenticatorData` of a registration) are not signed and
/// are not read; unknown members are ignored, because browsers gain new ones.
struct CredentialAnswer {
    static let maxFieldBytes = 65_536

    let id: [UInt8]
    let attachment: AuthenticatorAttachment?
    let response: Object
    let extensionResults: Object

    init(_ value: Value) throws(WebAuthnRefusal) {
        guard case .object(let object) = value else { throw Self.refusal("not an object") }
        guard object["type"]?.stringValue == "public-key" else { throw Self.refusal("type is not public-key") }
        id = try Self.bytes(object, "rawId")
        guard object["id"]?.stringValue == object["rawId"]?.stringValue else { throw Self.refusal("id is not rawId") }
        guard 1...AuthenticatorData.maxCredentialIDBytes ~= id.count else {
            throw Self.refusal("an id of \(id.count) bytes")
        }
        guard case .object(let response)? = object["response"] else { throw Self.refusal("no response") }
        self.response = response
        attachment = try Self.string(object, "authenticatorAttachment").flatMap(AuthenticatorAttachment.init)
        switch object["clientExtensionResults"] {
        case nil, .null?: extensionResults = Object()
        case .object(let results)?: extensionResults = results
        default: throw Self.refusal("clientExtensionResults is not an object")
        }
    }

    func bytes(_ name: String) throws(WebAuthnRefusal) -> [UInt8] { try Self.bytes(response, name) }

    /// Nil when the member is absent or null.
    func optionalBytes(_ name: String) throws(WebAuthnRefusal) -> [UInt8]? {
        switch response[name] {
        case nil, .null?: nil
        default: try bytes(name)
        }
    }

    private static func bytes(_ object: Object, _ name: String) throws(WebAuthnRefusal) -> [UInt8] {
        guard let text = object[name]?.stringValue else { throw refusal("\(name) is missing or not a string") }
        guard text.utf8.count <= (maxFieldBytes * 4 + 2) / 3 else { throw refusal("\(name) is too large") }
        guard let bytes = Crypto.bytes(base64URL: text) else { throw refusal("\(name) is not base64url") }
        return bytes
    }

    private static func string(_ object: Object, _ name: String) throws(WebAuthnRefusal) -> String? {
        switch object[name] {
        case nil, .null?: nil
        case .string(let text)?: text
        default: throw refusal("\(name) is not a string")
        }
    }

    static func refusal(_ detail: String) -> WebAuthnRefusal { WebAuthnRefusal(.malformedResponse, detail) }
}

/// Part of the device, or something that is carried about (5.4.5). A hint of the client, unsigned.
public enum AuthenticatorAttachment: String, Sendable, CaseIterable {
    case platform
    case crossPlatform = "cross-platform"
}
