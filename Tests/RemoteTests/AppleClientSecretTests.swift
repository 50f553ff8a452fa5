import Crypto
import JSON
import Testing

@testable import Remote

@Suite struct AppleClientSecretTests {
    /// Made for these tests: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
    static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTka6ETG2aE5dsTsS
        Ls5FEWdene7+/2tLyMrO2bLUPGGhRANCAASqvraWWM51ZlZWCB4/g7TtrmnCxupK
        D8GzJMzytYnCHnPpDPm25n4AR1cvqGIoTlYiq7h4P11czhUNut4/1UvQ
        -----END PRIVATE KEY-----
        """

    private func secret() -> AppleClientSecret {
        AppleClientSecret(
            teamID: "TEAM123456", keyID: "KEY1234567", clientID: "org.example.web",
            audience: "https://appleid.apple.com", pem: Self.pem)!
    }

    @Test func `it is an ES256 token of the team for Apple, good for two hours`() throws {
        var secret = secret()
        let token = try JSONWebToken(secret.token(now: 1_000))
        #expect(token.header["alg"] == "ES256" && token.header["kid"] == "KEY1234567")
        #expect(
            token.claims
                == [
                    "iss": "TEAM123456", "sub": "org.example.web", "aud": "https://appleid.apple.com", "iat": 1000,
                    "exp": 8200,
                ])
        #expect(token.signature.count == 64)
        let key = PrivateKey(pem: Array(Self.pem.utf8))!.publicKey
        #expect(key.verifies(try #require(der(token.signature)), of: token.signedBytes, .ecdsa(.sha256)))
    }

    @Test func `it is made at most once an hour`() {
        var secret = secret()
        let first = secret.token(now: 0)
        #expect(secret.token(now: 3_599) == first)
        let second = secret.token(now: 3_600)
        #expect(second != first && secret.token(now: 3_601) == second)
        // A clock that was set back must not keep one that is not good yet.
        #expect(secret.token(now: 10) != second)
    }

    @Test func `another kind of key does not sign`() {
        for pem in ["", "nonsense", String(Self.pem.dropLast(60))] {
            let isMade =
                AppleClientSecret(teamID: "t", keyID: "k", clientID: "c", audience: "a", pem: pem) != nil
            #expect(!isMade)
        }
        #expect(JSONWebToken.signed([:], keyID: "k", by: PrivateKey(.rsa(bits: 2048))) == nil)
        #expect(JSONWebToken.signed([:], keyID: "k", by: PrivateKey(.elliptic(.p384))) == nil)
    }

    @Test func `a signature is as long as JOSE wants it, however short its integers`() {
        let short = JSONWebToken.fixedLength([0x30, 6, 2, 1, 5, 2, 1, 7], integerBytes: 32)
        #expect(short == [UInt8](repeating: 0, count: 31) + [5] + [UInt8](repeating: 0, count: 31) + [7])
        let padded = [0x30, 8, 2, 2, 0, 0x80, 2, 2, 0, 0xFF] as [UInt8]
        #expect(JSONWebToken.fixedLength(padded, integerBytes: 1) == [0x80, 0xFF])
        for wrong in [[], [0x30], [0x30, 1, 2], [0x31, 0], [0x30, 3, 2, 9, 1], [0x30, 4, 2, 2, 1, 1]] as [[UInt8]] {
            #expect(JSONWebToken.fixedLength(wrong, integerBytes: 32) == nil)
        }
    }

    /// The DER sequence of the two integers of a JOSE signature.
    private func der(_ signature: [UInt8]) -> [UInt8]? {
        let integers = [signature.prefix(32), signature.suffix(32)].flatMap { half -> [UInt8] in
            var integer = Array(half.drop { $0 == 0 })
            if integer.first.map({ $0 >= 0x80 }) ?? true { integer.insert(0, at: 0) }
            return [2, UInt8(integer.count)] + integer
        }
        return [0x30, UInt8(integers.count)] + integers
    }
}
