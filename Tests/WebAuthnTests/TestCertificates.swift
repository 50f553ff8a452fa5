import Crypto

/// DER for what the tests make themselves.
enum ASN1 {
    static func element(_ tag: [UInt8], _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 128
            ? [UInt8(count)] : count < 256 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 255)]
        return tag + length + content
    }
    static func sequence(_ elements: [UInt8]...) -> [UInt8] { element([0x30], elements.flatMap { $0 }) }
    static func set(_ elements: [UInt8]...) -> [UInt8] { element([0x31], elements.flatMap { $0 }) }
    static func octets(_ content: [UInt8]) -> [UInt8] { element([0x04], content) }
    static func bits(_ content: [UInt8]) -> [UInt8] { element([0x03], [0] + content) }
    static func text(_ content: String) -> [UInt8] { element([0x0C], Array(content.utf8)) }
    static func boolean(_ value: Bool) -> [UInt8] { element([0x01], [value ? 0xFF : 0]) }
    static func time(_ content: String) -> [UInt8] { element([0x18], Array(content.utf8)) }
    /// A constructed, context-specific tag.
    static func tagged(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        element(number < 31 ? [0xA0 | number] : [0xBF, number], content)
    }
    /// The same for numbers from 128 on.
    static func taggedLong(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        element([0xBF, UInt8(number >> 7) | 0x80, UInt8(number & 127)], content)
    }
    static func integer(_ bigEndian: [UInt8]) -> [UInt8] {
        let digits = Array(bigEndian.drop { $0 == 0 })
        return element([0x02], (digits.first ?? 0x80) & 0x80 != 0 ? [0] + digits : digits)
    }
    static func integer(_ value: Int) -> [UInt8] {
        integer((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
    }
    static func objectID(_ text: String) -> [UInt8] {
        let arcs = text.split(separator: ".").map { Int($0)! }
        var content: [UInt8] = []
        for arc in [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2) {
            var digits = [UInt8(arc & 127)]
            var rest = arc >> 7
            while rest > 0 {
                digits.insert(UInt8(rest & 127) | 0x80, at: 0)
                rest >>= 7
            }
            content += digits
        }
        return element([0x06], content)
    }
}

/// A certificate to be; the defaults make the one of a packed attestation.
struct CertificateTemplate {
    var version = 3
    /// Attribute type and value.
    var subject = [
        ("2.5.4.6", "DE"), ("2.5.4.10", "Tests"), ("2.5.4.11", "Authenticator Attestation"), ("2.5.4.3", "Leaf"),
    ]
    var issuer = "Test root"
    var notBefore = "20200101000000Z"
    var notAfter = "20991231235959Z"
    var isAuthority: Bool? = false
    /// Type, critical, content.
    var extensions: [(String, Bool, [UInt8])] = []

    static func root(_ name: String = "Test root") -> CertificateTemplate {
        CertificateTemplate(
            subject: [("2.5.4.3", name)], issuer: name, isAuthority: true,
            extensions: [("2.5.29.15", true, [0x03, 0x02, 0x01, 0x06])])
    }

    /// DER, signed with ECDSA and SHA-256.
    func certificate(for key: PublicKey, by issuerKey: borrowing PrivateKey) -> [UInt8] {
        let ecdsa = ASN1.sequence(ASN1.objectID("1.2.840.10045.4.3.2"))
        var all = extensions
        if let isAuthority {
            all.append(("2.5.29.19", true, isAuthority ? ASN1.sequence(ASN1.boolean(true)) : ASN1.sequence()))
        }
        let encoded = all.flatMap { type, isCritical, content in
            ASN1.sequence(ASN1.objectID(type), isCritical ? ASN1.boolean(true) : [], ASN1.octets(content))
        }
        let body = ASN1.sequence(
            version == 1 ? [] : ASN1.tagged(0, ASN1.integer(version - 1)), ASN1.integer(7), ecdsa,
            Self.name([("2.5.4.3", issuer)]), ASN1.sequence(ASN1.time(notBefore), ASN1.time(notAfter)),
            Self.name(subject), Self.publicKeyInfo(key), all.isEmpty ? [] : ASN1.tagged(3, ASN1.sequence(encoded)))
        return ASN1.sequence(body, ecdsa, ASN1.bits(issuerKey.sign(body, .ecdsa(.sha256))!))
    }

    static func name(_ attributes: [(String, String)]) -> [UInt8] {
        ASN1.sequence(
            attributes.flatMap { type, value in
                // A country is a printable string.
                ASN1.set(
                    ASN1.sequence(
                        ASN1.objectID(type),
                        type == "2.5.4.6" ? ASN1.element([0x13], Array(value.utf8)) : ASN1.text(value)))
            })
    }

    private static func publicKeyInfo(_ key: PublicKey) -> [UInt8] {
        switch key {
        case .elliptic(let curve, let point):
            let names = [EllipticCurve.p256: "1.2.840.10045.3.1.7", .p384: "1.3.132.0.34", .p521: "1.3.132.0.35"]
            return ASN1.sequence(
                ASN1.sequence(ASN1.objectID("1.2.840.10045.2.1"), ASN1.objectID(names[curve]!)), ASN1.bits(point))
        case .edwards(let curve, let point):
            return ASN1.sequence(
                ASN1.sequence(ASN1.objectID(curve == .ed25519 ? "1.3.101.112" : "1.3.101.113")), ASN1.bits(point))
        case .rsa(let modulus, let exponent):
            return ASN1.sequence(
                ASN1.sequence(ASN1.objectID("1.2.840.113549.1.1.1"), [0x05, 0x00]),
                ASN1.bits(ASN1.sequence(ASN1.integer(modulus), ASN1.integer(exponent))))
        case .moduleLattice: fatalError("no certificates of that kind here")
        }
    }
}
