import Crypto
import JSON
import Testing

@testable import JOSE

@Suite struct KeySetTests {
    static let key = PrivateKey(.rsa(bits: 2048)).publicKey

    static func names(_ members: [Object]) throws(TokenRefusal) -> [String] {
        let keys = members.map { Provider.webKey(key, $0) }
        return try JSONWebKeySet((["keys": .array(keys)] as Value).bytes).keyIDs.sorted()
    }

    @Test func keepsKeysForSignaturesWithRS256() throws {
        #expect(
            try Self.names([
                ["kid": "a"], ["kid": "b", "use": "sig"], ["kid": "c", "alg": "RS256"], ["kid": "d", "use": "enc"],
                ["kid": "e", "alg": "RS512"], ["kid": ""], [:], ["kid": 7], ["kid": "f", "x5t": "unknown"],
            ]) == ["a", "b", "c", "f"])
    }

    @Test func leavesOutOtherAndUnsoundKeys() throws {
        let set = try JSONWebKeySet(
            Array(
                #"""
                {"keys":[{"kty":"EC","kid":"ec","crv":"P-256","x":"AA","y":"AA"},
                {"kty":"oct","kid":"secret","k":"AAAA"},{"kty":"RSA","kid":"small","n":"_w","e":"AQAB"},
                {"kty":"RSA","kid":"padded","n":"AA==","e":"AQAB"},{"kty":"RSA","kid":"none"}],"more":1}
                """#.utf8))
        #expect(set.keyIDs.isEmpty)
    }

    @Test func refusesTwoKeysWithOneName() {
        #expect(throws: TokenRefusal(.malformedKeySet)) { try Self.names([["kid": "a"], ["kid": "a"]]) }
    }

    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[1]}"#, #"{"keys":[],"keys":[]}"#, "<html>oops"])
    func refusesWhatIsNoKeySet(json: String) {
        #expect(throws: TokenRefusal(.malformedKeySet)) { try JSONWebKeySet(Array(json.utf8)) }
    }
}

@Suite struct ClientSecretTests {
    @Test func signsAsAppleWantsIt() throws {
        let key = PrivateKey(.elliptic(.p256))
        let secret = ClientSecret.make(
            teamID: "TEAM", clientID: "org.example.app", keyID: "KEY", key: key, issuedAt: 1_800_000_000)
        let parts = try #require(secret).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        #expect(
            String(decoding: bytes(base64URL: parts[0])!, as: UTF8.self) == #"{"alg":"ES256","kid":"KEY","typ":"JWT"}"#)
        #expect(
            String(decoding: bytes(base64URL: parts[1])!, as: UTF8.self)
                == #"{"iss":"TEAM","iat":1800000000,"exp":1800003600,"#
                + #""aud":"https://appleid.apple.com","sub":"org.example.app"}"#)
        let signature = bytes(base64URL: parts[2])!
        #expect(signature.count == 64)
        #expect(
            key.publicKey.verifies(
                Self.der(signature), of: Array("\(parts[0]).\(parts[1])".utf8), .ecdsa(.sha256)))
    }

    @Test func needsAKeyOnP256() {
        for kind in [PrivateKey.Kind.elliptic(.p384), .edwards(.ed25519)] {
            let key = PrivateKey(kind)
            let secret = ClientSecret.make(teamID: "T", clientID: "c", keyID: "K", key: key, issuedAt: 0)
            #expect(secret == nil)
        }
    }

    @Test(arguments: [
        ("3006020101020102", true), ("300702020081020102", true), ("3006020101020102ff", false), ("3005020101", false),
        ("3006030101020102", false), ("3006020101020202", false), ("", false),
    ])
    func padsNumbersToTheirWidth(der: String, isRead: Bool) {
        let joined = ClientSecret.joined(bytes(hex: der)!)
        #expect((joined != nil) == isRead)
        #expect(joined == nil || joined?.count == 64)
        if let joined { #expect(joined[31] != 0 && joined[63] == 2 && joined[0] == 0) }
    }

    /// Back to the form that OpenSSL verifies.
    static func der(_ signature: [UInt8]) -> [UInt8] {
        func integer(_ half: ArraySlice<UInt8>) -> [UInt8] {
            let digits = Array(half.drop { $0 == 0 })
            let padded = digits[0] & 0x80 != 0 ? [0] + digits : digits
            return [0x02, UInt8(padded.count)] + padded
        }
        let body = integer(signature[..<32]) + integer(signature[32...])
        return [0x30, UInt8(body.count)] + body
    }
}
