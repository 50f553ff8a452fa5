import TestSupport
import Testing

@testable import Crypto

@Suite struct SignatureTests {
    static let message = Array("a message".utf8)

    static let schemes: [(PrivateKey.Kind, SignatureScheme)] = [
        (.elliptic(.p256), .ecdsa(.sha256)), (.elliptic(.p384), .ecdsa(.sha384)), (.elliptic(.p521), .ecdsa(.sha512)),
        (.elliptic(.p256), .ecdsa(.sha512)), (.edwards(.ed25519), .eddsa), (.edwards(.ed448), .eddsa),
        (.rsa(bits: 2048), .rsaPKCS1(.sha256)), (.rsa(bits: 2048), .rsaPSS(.sha256)),
        (.rsa(bits: 2048), .rsaPKCS1(.sha512)), (.rsa(bits: 2048), .rsaPKCS1(.sha1)),
    ]

    @Test(arguments: schemes)
    func `a signature is of its key and message`(kind: PrivateKey.Kind, scheme: SignatureScheme) {
        let key = PrivateKey(kind)
        #expect(key.publicKey.isSound())
        let signature = key.sign(Self.message, scheme)!
        #expect(key.publicKey.verifies(signature, of: Self.message, scheme))
        #expect(!key.publicKey.verifies(signature, of: Self.message + [0], scheme))
        #expect(!key.publicKey.verifies(signature + [0], of: Self.message, scheme))
        #expect(!key.publicKey.verifies(signature.dropLast(), of: Self.message, scheme))
        #expect(!key.publicKey.verifies([], of: Self.message, scheme))
        #expect(!PrivateKey(kind).publicKey.verifies(signature, of: Self.message, scheme))
        for (_, other) in Self.schemes where other != scheme {
            #expect(!key.publicKey.verifies(signature, of: Self.message, other))
        }
    }

    @Test(arguments: [
        (PrivateKey.Kind.elliptic(.p256), SignatureScheme.eddsa), (.edwards(.ed25519), .ecdsa(.sha256)),
        (.rsa(bits: 2048), .moduleLattice),
    ])
    func `a key signs only by its own schemes`(kind: PrivateKey.Kind, scheme: SignatureScheme) {
        let key = PrivateKey(kind)
        let signature = key.sign(Self.message, scheme)
        #expect(signature == nil)
    }

    /// RFC 6979 A.2.5 and A.2.6, RFC 8032 7.1 (test 2) and 7.4 (1 octet).
    @Test(arguments: [
        (
            PublicKey.elliptic(
                .p256,
                point: bytes(
                    hex: "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                        + "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")!),
            SignatureScheme.ecdsa(.sha256), "73616d706c65",
            "3046022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                + "022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        ),
        (
            .edwards(
                .ed25519, point: bytes(hex: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")!),
            .eddsa, "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            .edwards(
                .ed448,
                point: bytes(
                    hex:
                        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c"
                        + "235160627b4c3a9480")!),
            .eddsa, "03",
            "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037"
                + "ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4"
                + "adafd1d234441cf807c03a00"
        ),
    ])
    func `verifies published signatures`(key: PublicKey, scheme: SignatureScheme, message: String, signature: String) {
        #expect(key.isSound())
        #expect(key.verifies(bytes(hex: signature)!, of: bytes(hex: message)!, scheme))
        #expect(!key.verifies(bytes(hex: signature)!, of: [], scheme))
    }

    /// JOSE and COSE fix the salt's length to the hash's. Made by openssl dgst with salts of 32 and 20 bytes.
    @Test func `a salt of another length is no signature`() {
        let key = PublicKey.rsa(
            modulus: bytes(
                hex: "a73bea98a6cf11cf4fbd85aae1560a96c3f71b1581fb9bbe342c21882817fdd50c505680fcb99253df32024a11a947e3"
                    + "3e5ea4e9eca943b70203fa9b2cf343e884ad616cc6fa0becfc54179e27da08d9a9bacad0651ca6bec839535aa1d652cc"
                    + "d49d55c2675a97d474755a599c48079c349be17f9151e3bc9f4280a122ab74d509362ad013b2f2f45a9260192d331bfb"
                    + "c0b338a2b2f45bc95b0e59d0db7d1ba943a5a6b5c5db77f7cc577852c750272bb9343f15a0bb07429301eab337cd352e"
                    + "6ba18522fdb0ad5e467b2f72151a1085427b7c14159812abe2fe68df9cd1315b732bd149623708daaccd9725b7e85b7f"
                    + "31e86fb6f9999a3fa64e789c0ae54c4f")!, exponent: [1, 0, 1])
        let usual = bytes(
            hex: "0ff7ad1558808eb08038afc1bc03f6ec9d6e9731dc759288b5e4b3bbb523d821674c6d9c2e5baa8a449a3f872efa2669"
                + "f5c71e9653c63dc6104a1885aa602e5a1c174a77ac7fd5f66a0aecdb999c5802dea3195e510c1dbe4afd812bac22272a"
                + "504df727e5d106d62029676247992bed81ef7aeee9423035ef8f81a5e55d9472400d51fc85ff3e1038771395188776f8"
                + "e79728880b841a6fbdee3549f529d239602f96c7d6024dd21a2324ab0f63c8b2a76fbabab69ac1c14b17ed7982493d4c"
                + "6cfbe87b759d9dc9b4c53cd4387a52bcb6411dbb8f22cdc89bf3b7220620cd87490610150caad38921489066b965947e"
                + "619a88f8300a2146d31411b68fd2bdfa")!
        let short = bytes(
            hex: "63be3241f95d0308ede30a553f8eb5817a0652e3bac97ffc2a89bd87dba182c037a355e9bcdb2d17e0c903319a0725be"
                + "65838e84e98e28c2bf99ff7e993b77196043d8652449349ff23d5900846c08813a995020f0149784729ff718eb685119"
                + "a3ef7690bbac0469b2cd3c2217b0dd09c6523e99bb296cc0b3dd713ba2c68210f6c022ddff03c2fea3d4c9b5ef9fa0f9"
                + "c7d4a20ee507a4920b0413b33aeb7ecf5672239ecbe240ee54a9d976ce41064e78affdd7a43acf144ef5d0aa32a7113a"
                + "004baec10b941908aaa68ac74e2b691239f5d3868b800a7880e75cb4f77c4e5f18a2bba632283c46bf05c3d88ed7a6ee"
                + "3d0e57c41d73fd1e1b8635e43705a098")!
        #expect(key.verifies(usual, of: Self.message, .rsaPSS(.sha256)))
        #expect(!key.verifies(short, of: Self.message, .rsaPSS(.sha256)))
    }

    /// One of 256 begins with a zero.
    @Test(arguments: [SignatureScheme.rsaPKCS1(.sha256), .rsaPSS(.sha256)])
    func `a signature of RSA has as many bytes as its key`(scheme: SignatureScheme) throws {
        let key = PrivateKey(.rsa(bits: 2048))
        let publicKey = key.publicKey
        let found = (0..<10_000).lazy.map { number in
            let message = Array("message \(number)".utf8)
            return (message, key.sign(message, scheme)!)
        }.first { $0.1[0] == 0 }
        let (message, signature) = try #require(found)
        #expect(publicKey.verifies(signature, of: message, scheme))
        #expect(!publicKey.verifies(Array(signature.drop { $0 == 0 }), of: message, scheme))
        #expect(!publicKey.verifies([0] + signature, of: message, scheme))
    }

    /// The curve's one key of OpenSSL goes from hand to hand.
    @Test func `many keys on one curve do not meet`() {
        let curves = EllipticCurve.allCases
        let mistaken = inParallel(4 * curves.count) { number in
            let keys = (0..<3).map { _ in
                let key = PrivateKey(.elliptic(curves[number % curves.count]))
                return (key.publicKey, key.sign(Self.message, .ecdsa(.sha256))!)
            }
            return (0..<30).contains { round in
                let (key, signature) = keys[round % 3], (_, others) = keys[(round + 1) % 3]
                return !key.verifies(signature, of: Self.message, .ecdsa(.sha256))
                    || key.verifies(others, of: Self.message, .ecdsa(.sha256))
            }
        }
        #expect(!mistaken.contains(true))
    }

    @Test func `a broken point is not the last good one`() {
        let key = PrivateKey(.elliptic(.p256))
        let signature = key.sign(Self.message, .ecdsa(.sha256))!
        guard case .elliptic(_, let point) = key.publicKey else { return }
        #expect(key.publicKey.verifies(signature, of: Self.message, .ecdsa(.sha256)))
        let off = PublicKey.elliptic(.p256, point: point.dropLast() + [point[64] ^ 1])
        #expect(!off.isSound())
        #expect(!off.verifies(signature, of: Self.message, .ecdsa(.sha256)))
        let wrongs: [[UInt8]] = [
            [], [0], Array(point.dropLast()), [2] + point[1...32], [6] + point[1...], point + [0],
        ]
        for wrong in wrongs {
            let key = PublicKey.elliptic(.p256, point: wrong)
            #expect(!key.isSound())
            #expect(!key.verifies(signature, of: Self.message, .ecdsa(.sha256)))
        }
        #expect(key.publicKey.verifies(signature, of: Self.message, .ecdsa(.sha256)))
    }

    @Test func `takes coordinates of the right length only`() {
        #expect(PublicKey(.p256, x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(PublicKey(.p521, x: [UInt8](repeating: 1, count: 66), y: [UInt8](repeating: 1, count: 66)) != nil)
    }

    @Test func `reads unencrypted private keys`() {
        let pem = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
            -----END PRIVATE KEY-----
            """
        guard let key = PrivateKey(pem: Array(pem.utf8)) else {
            Issue.record("the key cannot be read")
            return
        }
        // RFC 8032 7.1, test 1.
        let point = bytes(hex: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")!
        #expect(key.publicKey == PublicKey.edwards(.ed25519, point: point))
        let signature = key.sign([], .eddsa)
        #expect(
            signature
                == bytes(
                    hex: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
                        + "b46bd25bf5f0595bbe24655141438e7a100b"))
        func isRead(_ text: String) -> Bool { PrivateKey(pem: Array(text.utf8)) != nil }
        #expect(isRead(pem))
        #expect(!isRead("nothing"))
        // Nobody is asked for its password, which is "x".
        #expect(
            !isRead(
                """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjgBM5biuJfuQICCAAw
                DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEvqMzxqIz6keVkh2OwubzkEQKcT
                Wq5O0LjTDmRidmJFd24SYkilVGlDvFtIhOUIDa8OLc/BtF2DzogPZ+qHlqeFqhZx
                iEkJTHXcV48mo6oIQls=
                -----END ENCRYPTED PRIVATE KEY-----
                """))
    }

    @Test(arguments: [
        (HashFunction.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        ),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ])
    func `hashes by every function`(function: HashFunction, expected: String) {
        #expect(hex(Digest.hash(Array("abc".utf8), with: function)) == expected)
        #expect(Digest.hash([], with: function).count == function.length)
    }
}
