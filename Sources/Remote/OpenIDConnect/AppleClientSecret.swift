import Crypto
import JSON

/// What Apple takes for a client secret: a token that the team signs for itself (Apple, "Creating a client secret").
struct AppleClientSecret: ~Copyable {
    /// Seconds after which a new one is made; each is good for twice as long, so none expires on its way.
    static let renewal = 3_600

    private let claims: Object
    private let keyID: String
    private let key: PrivateKey
    private var made: (token: String, at: Int)?

    /// - Returns: nil when `pem` is no P-256 key.
    init?(teamID: String, keyID: String, clientID: String, audience: String, pem: String) {
        guard let key = PrivateKey(pem: Array(pem.utf8)), case .elliptic(.p256, _) = key.publicKey else { return nil }
        claims = ["iss": .string(teamID), "sub": .string(clientID), "aud": .string(audience)]
        self.keyID = keyID
        self.key = key
    }

    /// - Parameter now: Unix seconds.
    mutating func token(now: Int) -> String {
        if let made, (made.at..<made.at + Self.renewal).contains(now) { return made.token }
        var claims = claims
        claims["iat"] = .number(Number(now))
        claims["exp"] = .number(Number(now + 2 * Self.renewal))
        guard let token = JSONWebToken.signed(claims, keyID: keyID, by: key) else {
            fatalError("OpenSSL does not sign with a P-256 key")
        }
        made = (token, now)
        return token
    }
}
