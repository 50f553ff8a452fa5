/// What the authenticator says (6.1), read to the last byte. The two reserved flags are ignored.
struct AuthenticatorData: Sendable, Equatable {
    static let maxBytes = 65_536
    static let maxCredentialIDBytes = 1023

    struct Flags: OptionSet, Sendable, Hashable {
        let rawValue: UInt8
        static let userPresent = Flags(rawValue: 1 << 0)
        static let userVerified = Flags(rawValue: 1 << 2)
        static let backupEligible = Flags(rawValue: 1 << 3)
        static let backedUp = Flags(rawValue: 1 << 4)
        static let attestedCredential = Flags(rawValue: 1 << 6)
        static let extensions = Flags(rawValue: 1 << 7)
    }

    struct AttestedCredential: Sendable, Equatable {
        let aaguid: [UInt8]
        let id: [UInt8]
        /// The credential public key as the authenticator wrote it.
        let publicKey: [UInt8]
    }

    let relyingPartyHash: [UInt8]
    let flags: Flags
    let signCount: UInt32
    let credential: AttestedCredential?

    init(_ bytes: [UInt8]) throws(WebAuthnRefusal) {
        guard 37...Self.maxBytes ~= bytes.count else { throw Self.refusal("\(bytes.count) bytes") }
        relyingPartyHash = Array(bytes[..<32])
        flags = Flags(rawValue: bytes[32])
        signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var end = 37
        if flags.contains(.attestedCredential) {
            guard bytes.count >= end + 18 else { throw Self.refusal("the attested credential is cut off") }
            let aaguid = Array(bytes[end..<end + 16])
            let length = Int(bytes[end + 16]) << 8 | Int(bytes[end + 17])
            end += 18
            guard 1...Self.maxCredentialIDBytes ~= length, bytes.count >= end + length else {
                throw Self.refusal("a credential ID of \(length) bytes")
            }
            let id = Array(bytes[end..<end + length])
            end += length
            let start = end
            end = try Self.endOfMap(bytes, from: start, "the public key")
            credential = AttestedCredential(aaguid: aaguid, id: id, publicKey: Array(bytes[start..<end]))
        } else {
            credential = nil
        }
        if flags.contains(.extensions) { end = try Self.endOfMap(bytes, from: end, "the extensions") }
        guard end == bytes.count else { throw Self.refusal("\(bytes.count - end) bytes too many") }
    }

    /// Reads one map in CTAP2 canonical encoding, the order of its keys included: 6.5.1 and 9 demand it here.
    private static func endOfMap(_ bytes: [UInt8], from start: Int, _ name: String) throws(WebAuthnRefusal) -> Int {
        var reader = CBORReader(bytes[start...])
        let item: CBOR
        do throws(CBORError) {
            item = try reader.item()
        } catch {
            throw refusal("\(name): \(error.code) at \(error.offset)")
        }
        guard case .map(let map) = item, map.isSorted else { throw refusal("\(name): no map in canonical order") }
        return reader.index
    }

    private static func refusal(_ detail: String) -> WebAuthnRefusal {
        WebAuthnRefusal(.malformedAuthenticatorData, detail)
    }
}
