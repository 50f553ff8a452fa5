import Crypto
import JSON
import Testing

@testable import Remote

@Suite struct IDTokenTests {
    private let issuer = TestIssuer()

    @Test func `a good token tells who it is`() throws {
        let token = try issuer.verify(issuer.token())
        #expect(token.subject == "subject-1" && token.name == "Ada Lovelace")
        #expect(token.email == "ada@example.org" && token.isEmailVerified)
    }

    private static let wrongClaims: [(String, String, Value?, IDTokenError)] = [
        ("another issuer", "iss", "https://evil.example", .issuer),
        ("the issuer with something behind it", "iss", "https://issuer.example.evil.example", .issuer),
        ("the issuer with a slash", "iss", "https://issuer.example/", .issuer),
        ("no issuer", "iss", nil, .issuer),
        ("another audience", "aud", "another-client", .audience),
        ("a stranger among the audience", "aud", .array(["client-1", "stranger"]), .audience),
        ("an empty audience", "aud", .array([]), .audience), ("no audience", "aud", nil, .audience),
        ("made for another party", "azp", "another-client", .authorizedParty),
        ("a party that is no text", "azp", 1, .authorizedParty),
        ("expired", "exp", .number(Number(TestIssuer.now - 3_600)), .expiry),
        ("expired by just more than clocks may differ", "exp", .number(Number(TestIssuer.now - 120)), .expiry),
        ("no expiry", "exp", nil, .expiry), ("an expiry as text", "exp", "1800003600", .expiry),
        ("an expiry beyond all integers", "exp", .number(Number(1e300)), .expiry),
        ("issued in the future", "iat", .number(Number(TestIssuer.now + 1_800)), .issueTime),
        ("issued just further ahead than clocks may differ", "iat", .number(Number(TestIssuer.now + 121)), .issueTime),
        ("issued after its expiry", "exp", .number(Number(TestIssuer.now - 1)), .issueTime),
        ("no time of issue", "iat", nil, .issueTime),
        ("another nonce", "nonce", "xxxxxxxxxxxxxxxxxxxxxxxxx", .nonce), ("no nonce", "nonce", nil, .nonce),
        ("an empty nonce", "nonce", "", .nonce),
        ("of another access token", "at_hash", "AAAAAAAAAAAAAAAAAAAAAA", .accessTokenHash),
        ("a hash that is no text", "at_hash", .null, .accessTokenHash),
        ("no subject", "sub", nil, .subject), ("an empty subject", "sub", "", .subject),
        ("a subject that is a number", "sub", 1, .subject),
        ("a subject of 256 characters", "sub", .string(String(repeating: "s", count: 256)), .subject),
        ("a subject with a line break", "sub", "a\nb", .subject),
    ]

    @Test(arguments: wrongClaims)
    func `claims are held against what was asked`(
        _ what: String, _ name: String, _ value: Value?, _ fault: IDTokenError
    ) {
        #expect(issuer.fault(issuer.token(claims: TestIssuer.claims.with(name, value))) == fault, "\(what)")
    }

    private static let otherClaims: [(String, String, Value?)] = [
        ("an audience in a list of its own", "aud", .array(["client-1"])), ("no authorized party", "azp", nil),
        ("no hash of the access token", "at_hash", nil),
        ("a subject of 255 characters", "sub", .string(String(repeating: "s", count: 255))),
        ("issued a little ahead", "iat", .number(Number(TestIssuer.now + 120))), ("no email", "email", nil),
    ]

    @Test(arguments: otherClaims)
    func `what a provider may leave out or write otherwise is taken`(_ what: String, _ name: String, _ value: Value?) {
        #expect(issuer.fault(issuer.token(claims: TestIssuer.claims.with(name, value))) == nil, "\(what)")
    }

    private static let wrongHeaders: [(String, Value?, IDTokenError)] = [
        ("alg", "none", .algorithm), ("alg", "HS256", .algorithm), ("alg", "RS384", .algorithm),
        ("alg", "rs256", .algorithm), ("alg", "ES256", .algorithm), ("alg", nil, .algorithm),
        ("crit", .array(["x-unknown"]), .headerMember), ("jwk", .object(["kty": "RSA"]), .headerMember),
        ("jku", "https://evil.example/keys", .headerMember), ("x5u", "https://evil.example/", .headerMember),
        ("x5c", .array(["MII"]), .headerMember), ("typ", "at+jwt", .headerMember), ("typ", 1, .headerMember),
        ("b64", false, .headerMember), ("kid", nil, .keyID), ("kid", "", .keyID), ("kid", 1, .keyID),
        ("kid", "nobody", .unknownKey),
    ]

    @Test(arguments: wrongHeaders)
    func `a header that wants anything else is refused`(_ name: String, _ value: Value?, _ fault: IDTokenError) {
        #expect(issuer.fault(issuer.token(header: TestIssuer.header.with(name, value))) == fault)
    }

    @Test func `a token need not say that it is one, in any spelling`() {
        #expect(issuer.fault(issuer.token(header: TestIssuer.header.with("typ", nil))) == nil)
        #expect(issuer.fault(issuer.token(header: TestIssuer.header.with("typ", "jwt"))) == nil)
    }

    @Test func `the public key is no secret to sign with`() {
        guard case .rsa(let modulus, _) = issuer.publicKey else { return }
        let text =
            base64URL(Value.object(TestIssuer.header.with("alg", "HS256")).bytes) + "."
            + base64URL(Value.object(TestIssuer.claims).bytes)
        let forged = text + "." + base64URL(hmacSHA256(key: modulus, Array(text.utf8)))
        #expect(issuer.fault(forged) == .algorithm)
    }

    @Test func `a key that the token brings along is not used`() {
        let forger = TestIssuer()
        let header = TestIssuer.header.with("jwk", .object(forger.jwk()))
        #expect(issuer.fault(forger.token(header: header)) == .headerMember)
        #expect(issuer.fault(forger.token()) == .signature)
    }

    @Test func `no byte of a token can change`() {
        let token = Array(issuer.token().utf8)
        for index in stride(from: 0, to: token.count, by: 7) {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(issuer.fault(String(decoding: changed, as: UTF8.self)) != nil, "byte \(index)")
        }
    }

    @Test func `anything but three parts is no token`() {
        let token = issuer.token(), parts = token.split(separator: ".")
        for wrong in [
            "", ".", "..", "...", String(token.dropLast(20)), token + ".x", token + ".", "." + token,
            String(parts[0] + "." + parts[1]), String(parts[0] + "." + parts[1] + "."), token + "=", " " + token,
            token + "\n", String(repeating: "a", count: 20_000),
        ] {
            #expect(issuer.fault(wrong) != nil, "\(wrong.prefix(40))")
        }
    }

    @Test(arguments: [
        #"{"iss":"https://issuer.example","sub":"subject-1","sub":"mallory"}"#, "[]", "null", "", "{", "\u{FEFF}{}",
        #"{"a":"\u0000"}"#, #"{"a":1}x"#,
    ])
    func `claims that are no strict JSON object are not read`(_ claims: String) {
        #expect(
            issuer.fault(issuer.token(header: Value.object(TestIssuer.header).bytes, claims: Array(claims.utf8)))
                == .malformed)
    }

    @Test func `a member that comes twice is refused also in the header`() {
        let header = #"{"alg":"RS256","kid":"key-1","kid":"key-1"}"#
        #expect(
            issuer.fault(issuer.token(header: Array(header.utf8), claims: Value.object(TestIssuer.claims).bytes))
                == .malformed)
    }

    @Test(arguments: [
        (true as Value?, false, true), (false, false, false), (nil, false, false), ("true", false, false),
        ("true", true, true), ("false", true, false), (1, true, false), (true, true, true),
    ])
    func `an email counts as verified only when the provider says so in its own way`(
        _ value: Value?, _ takesText: Bool, _ isVerified: Bool
    ) throws {
        var expectation = TestIssuer.expectation
        expectation.takesVerifiedAsText = takesText
        let token = try issuer.verify(
            issuer.token(claims: TestIssuer.claims.with("email_verified", value)), expectation)
        #expect(token.email == "ada@example.org" && token.isEmailVerified == isVerified)
    }

    @Test func `no email is none, whatever is said of it`() throws {
        let token = try issuer.verify(issuer.token(claims: TestIssuer.claims.with("email", nil)))
        #expect(token.email == nil && !token.isEmailVerified)
    }

    @Test func `every fault can be told`() {
        #expect(Set(IDTokenError.allCases.map(\.rawValue)).count == IDTokenError.allCases.count)
    }
}
