import Crypto
import Foundation
import Testing

/// What operators really have: RSA keys, a chain of two, certificates with many names. Long enough that the allocator gives
/// the memory of a text away as soon as nobody holds it.
struct PEMTests {
    @Test(arguments: [
        ["rsa:2048"], ["rsa:4096"], ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
        ["ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"],
    ])
    func `a certificate as OpenSSL makes it is read`(kind: [String]) throws {
        let files = try CertificateFiles(newKey: kind)
        let pem = try files.read("certificate.pem")
        let certificate = try #require(ServerCertificate(pem: pem, for: ["localhost", "host7.example", "elsewhere"]))
        // Five in the second in which it is made.
        #expect((4...5).contains(certificate.daysLeft))
        #expect(certificate.covers("localhost"))
        #expect(certificate.covers("host7.example"))
        #expect(!certificate.covers("elsewhere"))
        #expect(TrustAnchors(pem: pem)?.count == 1)
        guard let key = PrivateKey(pem: try files.read("key.pem")) else {
            Issue.record("the key cannot be read")
            return
        }
        let scheme = kind[0] == "ec" ? SignatureScheme.ecdsa(.sha256) : .rsaPKCS1(.sha256)
        let (signature, publicKey) = (key.sign([1, 2, 3], scheme), key.publicKey)
        #expect(publicKey.verifies(try #require(signature), of: [1, 2, 3], scheme))
    }

    /// As certbot's fullchain.pem: the server's first, then the authority's.
    @Test(arguments: ["rsa:2048", "rsa:4096"])
    func `of a chain the first is the server's`(kind: String) throws {
        let leaf = try CertificateFiles(newKey: [kind]), authority = try CertificateFiles(newKey: [kind], days: 900)
        let chain = try leaf.read("certificate.pem") + authority.read("certificate.pem")
        #expect((4...5).contains(try #require(ServerCertificate(pem: chain)).daysLeft))
        #expect(TrustAnchors(pem: chain)?.count == 2)
    }

    @Test(arguments: ["", "nothing", "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n"])
    func `what is none is none`(text: String) {
        #expect(ServerCertificate(pem: Array(text.utf8)) == nil)
        #expect(TrustAnchors(pem: Array(text.utf8)) == nil)
        let isKey = PrivateKey(pem: Array(text.utf8)) != nil
        #expect(!isKey)
    }
}

/// A self-signed certificate with twenty names and its key, in a folder that goes with it.
private final class CertificateFiles {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "bspem-\(UUID().uuidString)")

    init(newKey kind: [String], days: Int = 5) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = ["DNS:localhost"] + (1...20).map { "DNS:host\($0).example" }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.currentDirectoryURL = folder
        process.arguments =
            ["req", "-x509", "-newkey"] + kind
            + [
                "-nodes", "-days", "\(days)", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=\(names.joined(separator: ","))", "-keyout", "key.pem", "-out", "certificate.pem",
            ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
