import HTTP
import JSON
import Postgres

/// The way back in for someone who lost every passkey, and new codes for the next time.
enum Recovery {
    static let recover = Route(
        method: .post, path: "/api/auth/recover", access: .visitor,
        about:
            "A recovery code, or the token of an operator's link, opens a short session that may only add a passkey.",
        body: .object([("code", .text)]),
        answers: [
            .init(status: 200, about: "Now register a passkey", schema: .object([("user", .named("Profile"))]))
        ],
        errors: [.validationError, .unauthorized, .unsupportedMediaType, .payloadTooLarge], limit: .signIn,
        handler: .database { call, db in
            _ = try call.relyingParty()
            var body = try ObjectReader(body: call.request)
            let code = body.string("code", 1...100)
            body.refuseUnknown()
            try body.mistakes.check()
            let device = DeviceName.from(userAgent: call.request.fields["User-Agent"])
            let hash = RecoveryCodes.hash(code?.trimmed ?? "")
            let found = try db.transaction { db -> (userID: String, started: Sessions.Started)? in
                guard let hash, let userID = try db.useRecoveryCode(hash: hash.bytes) else { return nil }
                let started = try db.startSession(
                    of: userID, by: hash.isLink ? .recoveryLink : .recoveryCode, on: device,
                    replacing: Sessions.token(of: call.request))
                try call.audit(
                    hash.isLink ? .recoveryLinkUsed : .recoveryCodeUsed, of: userID, ["device": .string(device)],
                    in: &db)
                return (userID, started)
            }
            guard let found else {
                try call.audit(.signInRefused, ["reason": "unknown_recovery_code"], in: &db)
                throw Problem(.unauthorized, "This code was used already, has expired, or never existed.")
            }
            return SignIn.welcome(try db.profile(of: found.userID), found.started, call)
        })

    static let newCodes = Route(
        method: .post, path: "/api/me/recovery-codes", access: .session(confirmed: true),
        about: "Ten new recovery codes, shown only here; earlier ones are worth nothing from now on.",
        answers: [
            .init(status: 201, about: "The codes", schema: .object([("recovery_codes", .list(.text))]))
        ],
        handler: .database { call, db in
            let userID = try call.userID()
            let codes = try db.transaction { db in
                guard try db.lockUser(userID) else { throw Problem(.unauthorized) }
                let codes = try db.replaceRecoveryCodes(of: userID)
                try call.audit(.recoveryCodesMade, in: &db)
                return codes
            }
            return .json(201) { json in
                json.object { json in
                    json.key("recovery_codes")
                    json.array(codes) { $0.string($1) }
                }
            }
        })
}
