import HTTP
import JSON
import Postgres
import WebAuthn

/// How a ceremony that failed is told: to its user in a few words with a stable code, to the audit trail with the reason.
extension Call {
    /// The configured relying party.
    ///
    /// - Throws: ``Problem`` 503 where nobody can sign in.
    func relyingParty() throws -> RelyingParty {
        guard let party = configuration.relyingParty else {
            throw Problem(
                .serviceUnavailable,
                "Signing in is not set up on this installation: \(Configuration.Variable.publicOrigins) is not configured."
            )
        }
        return party
    }

    /// Notes the reason in the audit trail, but for who has left meanwhile: nothing is kept of them any more.
    ///
    /// - Returns: what to throw.
    func refusal(
        _ refusal: WebAuthnRefusal, _ event: AccountEvent, as code: ErrorCode, of userID: String? = nil,
        in db: inout Connection
    ) throws -> Problem {
        let userID = userID ?? caller?.userID
        func note(_ isThere: Bool, _ db: inout Connection) throws -> Problem {
            guard isThere else { return Problem(.unauthorized) }
            try audit(
                event, of: userID, ["reason": .string(refusal.reason.rawValue), "detail": .string(refusal.detail)],
                in: &db)
            return Ceremonies.problem(refusal.publicCode, as: code)
        }
        guard let userID else { return try note(true, &db) }
        if db.isInTransaction { return try note(db.run(.holdingUserIfThere(userID)), &db) }
        return try db.transaction(opening: .holdingUserIfThere(userID)) { db, isThere in try note(isThere, &db) }
    }

    /// What a browser has answered, read by `read`.
    func credential<Answer>(
        _ value: Value, _ event: AccountEvent, as code: ErrorCode, in db: inout Connection,
        _ read: (Value) throws(WebAuthnRefusal) -> Answer
    ) throws -> Answer {
        do { return try read(value) } catch { throw try refusal(error, event, as: code, in: &db) }
    }
}

enum Ceremonies {
    /// A code of ours beside those of ``PublicRefusal``: nobody has this passkey here, so a password manager may hide it.
    static let unknownPasskey = "PASSKEY_UNKNOWN"

    static func problem(_ refusal: PublicRefusal, as code: ErrorCode) -> Problem {
        let words =
            switch refusal {
            case .malformed: "The browser's answer could not be read."
            case .expired: "This took too long, or was answered already. Begin again."
            case .unsupported: "This passkey cannot be used here. Try another device or password manager."
            case .userVerificationRequired: "The passkey must ask for your fingerprint, face or PIN."
            case .rejected: "The passkey was not accepted."
            }
        return Problem(code, words, fieldErrors: [FieldError("credential", refusal.rawValue, words)])
    }

    static func unknown() -> Problem {
        let words = "Nobody here has this passkey."
        return Problem(.unauthorized, words, fieldErrors: [FieldError("credential", unknownPasskey, words)])
    }
}
