import Crypto
import Foundation
import Testing

@testable import WebAuthn

@Suite struct TrustAnchorsTests {
    static let root: [UInt8] = {
        let key = PrivateKey(.elliptic(.p256))
        return CertificateTemplate.root().certificate(for: key.publicKey, by: key)
    }()

    static func pem(_ certificate: [UInt8], label: String = "CERTIFICATE") -> String {
        let body = Data(certificate).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    static func count(_ text: String) -> Int? { TrustAnchors(pem: Array(text.utf8))?.count }

    @Test func `reads every certificate of a bundle`() {
        let other = AttestedCeremony().root
        #expect(Self.count(Self.pem(Self.root)) == 1)
        #expect(Self.count("# Maker A\n\(Self.pem(Self.root))\n# Maker B\n\(Self.pem(other))the end\n") == 2)
        #expect(TrustAnchors(pem: Array(Self.pem(Self.root).utf8)) == TrustAnchors(der: [Self.root]))
    }

    @Test func `refuses bundles without or with broken certificates`() {
        #expect(Self.count("") == nil)
        #expect(Self.count("no certificate here") == nil)
        #expect(Self.count(Self.pem(Array(Self.root.dropLast()))) == nil)
        #expect(Self.count(Self.pem(Self.root) + Self.pem([0x30, 0x00])) == nil)
        #expect(
            Self.count(Self.pem(Self.root) + "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n") == nil)
        #expect(Self.count(Self.pem(Self.root).replacing("-----END", with: "-----BEGIN")) == nil)
        #expect(TrustAnchors(der: [Self.root, []]) == nil)
        #expect(TrustAnchors(der: [Self.root + [0]]) == nil)
    }
}
