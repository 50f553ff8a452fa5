import Crypto
import JSON

/// What the browser says about the ceremony (5.8.1); the authenticator signs its SHA-256.
public struct ClientData: Sendable, Equatable {
    static let maxBytes = 65_536

    public let type: String
    public let challenge: [UInt8]
    public let origin: String
    /// Absent is false.
    public let isCrossOrigin: Bool
    public let topOrigin: String?
    let hash: [UInt8]

    /// Reads the JSON; unknown members are the standard's way to grow and are ignored, `tokenBinding` is one of them.
    public init(_ json: [UInt8]) throws(WebAuthnRefusal) {
        guard json.count <= Self.maxBytes else { throw WebAuthnRefusal(.malformedClientData, "too large") }
        // "UTF-8 decode" strips a byte order mark.
        let text = json.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(json.dropFirst(3)) : json
        let document: Value
        do throws(ParseError) {
            document = try parse(text, limits: ParseLimits(maxBytes: Self.maxBytes, maxDepth: 8))
        } catch {
            throw WebAuthnRefusal(.malformedClientData, "no JSON: \(error.code)")
        }
        guard case .object(let object) = document, let type = object["type"]?.stringValue,
            let challenge = object["challenge"]?.stringValue.flatMap({ bytes(base64URL: $0) }),
            let origin = object["origin"]?.stringValue
        else { throw WebAuthnRefusal(.malformedClientData, "type, challenge or origin is missing or of a wrong type") }
        self.type = type
        self.challenge = challenge
        self.origin = origin
        switch object["crossOrigin"] {
        case nil: isCrossOrigin = false
        case .bool(let value)?: isCrossOrigin = value
        default: throw WebAuthnRefusal(.malformedClientData, "crossOrigin is not a boolean")
        }
        switch object["topOrigin"] {
        case nil: topOrigin = nil
        case .string(let value)?: topOrigin = value
        default: throw WebAuthnRefusal(.malformedClientData, "topOrigin is not a string")
        }
        hash = Digest.sha256(json)
    }

    /// By this a stored challenge is found: what the client claims, not yet what was expected.
    public var challengeSHA256: [UInt8] { Digest.sha256(challenge) }
}
