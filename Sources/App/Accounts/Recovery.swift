import HTTP
import JSON
import Postgres

/// The way back in for someone who lost every passkey, and new codes for the next time.
enum Recovery {
    private static let welcomed = Answer(200, "Now register a passkey", SignIn.welcomed)

    static let recover = Route(
        .post, "/api/auth/recover", .visitor,
        "A recovery code, or the token of an operator's link, opens a short session that may only add a passkey.",
        takes: .body("code", Form<String>.text(1...100).example("7K2QM-X9D4T-RB3WF-H6YPC")), answers: [welcomed],
        errors: [.unauthorized], limit: .signIn
    ) { call, db, code in
        _ = try call.relyingParty()
        let device = call.device
        let found = try RecoveryCodes.hash(code.trimmed).flatMap { hash in
            try db.transaction(
                opening: .usingRecoveryCode(hash.bytes)
            ) { db, userID -> (userID: String, started: Sessions.Started)? in
                guard let userID else { return nil }
                let started = try db.run(
                    .startingSession(
                        of: userID, by: hash.isLink ? .recoveryLink : .recoveryCode, on: device,
                        replacing: Sessions.token(of: call.request)))
                try call.audit(
                    hash.isLink ? .recoveryLinkUsed : .recoveryCodeUsed, of: userID, ["device": .string(device)],
                    in: &db)
                return (userID, started)
            }
        }
        guard let found else {
            try call.audit(.signInRefused, ["reason": "unknown_recovery_code"], in: &db)
            throw Problem(.unauthorized, "This code was used already, has expired, or never existed.")
        }
        return try welcomed(welcome: db.run(.profile(of: found.userID)), found.started, call)
    }

    private static let made = Answer(201, "The codes", .object("recovery_codes", .list(of: .text)))

    static let newCodes = Route(
        .post, "/api/me/recovery-codes", .session(confirmed: true),
        "Ten new recovery codes, shown only here; earlier ones are worth nothing from now on.", answers: [made]
    ) { call, db in
        let userID = try call.userID()
        let codes = try db.transaction(opening: .lockingCaller(userID)) { db, _ in
            let codes = try db.replaceRecoveryCodes(of: userID)
            try call.audit(.recoveryCodesMade, in: &db)
            return codes
        }
        return made(codes)
    }
}
