import Crypto
import Postgres
import System

/// Ways back in for someone who lost every passkey. Only hashes are stored; each is good for one use.
public enum RecoveryCodes {
    /// How many codes a new user gets.
    static let count = 10
    static let linkMinutes = 15
    /// Crockford's: without I, L, O and U, which are misread.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A code of 100 random bits: four groups of five letters and digits.
    static func new() -> String {
        // 32 letters divide 256 evenly, so each is as likely as the next.
        let letters = Random.bytes(20).map { alphabet[Int($0 & 31)] }
        return stride(from: 0, to: 20, by: 5).map { String(decoding: letters[$0..<$0 + 5], as: UTF8.self) }
            .joined(separator: "-")
    }

    /// What is stored of a code or link, however people write the code; nil for what can be neither.
    static func hash(_ written: String) -> (bytes: [UInt8], isLink: Bool)? {
        if Sessions.isToken(written) { return (Sessions.hash(written), true) }
        var letters: [UInt8] = []
        for scalar in written.uppercased().unicodeScalars where scalar != "-" && scalar != " " {
            switch scalar {
            case "O": letters.append(UInt8(ascii: "0"))
            case "I", "L": letters.append(UInt8(ascii: "1"))
            default:
                guard scalar.isASCII, alphabet.contains(UInt8(scalar.value)), letters.count < 20 else { return nil }
                letters.append(UInt8(scalar.value))
            }
        }
        return letters.count == 20 ? (Digest.sha256(letters), false) : nil
    }

    /// Makes a link's token that is good for fifteen minutes; for operators.
    ///
    /// - Throws: ``Problem`` 401 when the user was deleted or shut out meanwhile, ``PostgresError``.
    public static func makeLink(
        for userID: String, _ configuration: Configuration, in db: inout Connection
    ) throws -> String {
        try db.transaction(opening: .holdingUser(userID)) { (db: inout Connection, _) in
            let token = Sessions.newToken()
            try db.run(
                .change("DELETE FROM recovery_codes WHERE kind = 'link' AND expires_at <= now()"),
                .change(
                    """
                    INSERT INTO recovery_codes (code_hash, user_id, kind, expires_at)
                    VALUES ($1, $2::uuid, 'link', now() + make_interval(mins => $3::int))
                    """, Sessions.hash(token), userID, linkMinutes))
            try configuration.audit(.recoveryLinkMade, of: userID, in: &db)
            return token
        }
    }
}

extension Connection {
    /// Gives a user ten new codes; earlier ones are worth nothing from now on. For a transaction.
    mutating func replaceRecoveryCodes(of userID: String) throws -> [String] {
        let codes = (0..<RecoveryCodes.count).map { _ in RecoveryCodes.new() }
        let hashes = codes.compactMap { RecoveryCodes.hash($0).map { hex($0.bytes) } }
        try run(
            .change("DELETE FROM recovery_codes WHERE user_id = $1::uuid AND kind = 'code'", userID),
            .change(
                """
                INSERT INTO recovery_codes (code_hash, user_id, kind)
                SELECT decode(code, 'hex'), $1::uuid, 'code' FROM unnest($2::text[]) code
                """, userID, hashes))
        return codes
    }
}

extension Query {
    /// Uses up a code or link: whose it was; nil when there is none, it has expired, or its user is gone or shut out.
    static func usingRecoveryCode(_ hash: [UInt8]) -> Query<String?> {
        .first(
            """
            WITH used AS (
              DELETE FROM recovery_codes c USING users u
              WHERE c.code_hash = $1 AND u.id = c.user_id AND u.deleted_at IS NULL AND u.disabled_at IS NULL
              RETURNING c.user_id, c.expires_at)
            SELECT user_id FROM used WHERE expires_at IS NULL OR expires_at > now()
            """, hash)
    }
}
