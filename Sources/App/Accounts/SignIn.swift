import Crypto
import HTTP
import JSON
import Postgres
import WebAuthn

/// `/api/auth/webauthn/login/…`, `/api/auth/reauthenticate/…`: proving who one is, for a session or for a dangerous change.
enum SignIn {
    static let options = Route(
        method: .post, path: "/api/auth/webauthn/login/options", access: .visitor,
        about: """
            Begins a sign-in. Without an email any passkey of this site will do (conditional UI). With one, the answer has \
            the same form whether anybody has it or not.
            """,
        body: .object([("email?", .text)]),
        answers: [.init(status: 200, about: "For navigator.credentials.get", schema: .named("CeremonyOptions"))],
        errors: [.validationError, .unsupportedMediaType, .payloadTooLarge], limit: .signIn,
        handler: .database { call, db in
            let party = try call.relyingParty()
            var body = try ObjectReader(body: call.request)
            let email = body.email("email", required: false)
            body.refuseUnknown()
            try body.mistakes.check()
            var allowed: [PasskeyDescriptor] = []
            if let email {
                // Both are always done, so that neither the form nor the time of the answer tells whether anybody is known.
                let standIns = PasskeyDescriptor.standIns(
                    for: email, key: call.configuration.serverSecret?.key(for: "stand-in passkeys") ?? [])
                let real = try db.passkeyDescriptors(ofEmail: email, limit: PasskeyDescriptor.mostListed)
                allowed = real.isEmpty ? standIns : real
            }
            let browser = Challenges.browserToken(of: call.request)
            let challenge = try db.ask(Challenges.Question(purpose: .login, email: email), browser: browser)
            return CeremonyOptions.request(allowed: allowed, challenge: challenge, party).bound(to: browser)
        })

    static let verify = Route(
        method: .post, path: "/api/auth/webauthn/login/verify", access: .visitor,
        about: "Ends a sign-in. The session that the browser had before is over, whosever it was.",
        body: .object([("credential", .anything)]),
        answers: [.init(status: 200, about: "Signed in", schema: .object([("user", .named("Profile"))]))],
        errors: [.validationError, .unauthorized, .unsupportedMediaType, .payloadTooLarge], limit: .signIn,
        handler: .database { call, db in
            let party = try call.relyingParty()
            var body = try ObjectReader(body: call.request)
            let answer = try call.credential(&body, .signInRefused, as: .unauthorized, in: &db) {
                value throws(WebAuthnRefusal) in try AuthenticationAnswer(value)
            }
            let (question, found) = try take(answer, .login, sessionID: nil, .signInRefused, call, &db)
            guard let stored = found else {
                try call.audit(.signInRefused, ["reason": "unknown_passkey"], in: &db)
                throw Ceremonies.unknown()
            }
            // Who began with an email is known by it; else the authenticator must say whose the passkey is.
            let isOwner = question.email == nil || stored.email == question.email?.lowercased()
            guard isOwner else {
                throw try call.refusal(
                    WebAuthnRefusal(.wrongCredential, "of another email"), .signInRefused, as: .unauthorized,
                    of: stored.userID, in: &db)
            }
            let ceremony = Authentication(
                challenge: .sha256(answer.clientData.challengeSHA256), relyingParty: party,
                userHandle: question.email == nil ? nil : stored.record.userHandle)
            let used = try prove(ceremony, answer, stored, .signInRefused, call, &db)
            guard !stored.isDisabled else {
                try call.audit(.signInRefused, of: stored.userID, ["reason": "user_disabled"], in: &db)
                throw Problem(.forbidden, "An administrator has closed this account.")
            }
            let device = DeviceName.from(userAgent: call.request.fields["User-Agent"])
            let starting = Sessions.Starting(
                of: stored.userID, by: .passkey, on: device, replacing: Sessions.token(of: call.request))
            return try db.transaction(opening: [
                StoredCredential.recording(used), starting.statement, ProfileRow.reading(stored.userID),
            ]) { db, answers in
                // Nobody deletes the account meanwhile: that would have to wait for this very row.
                guard answers.nextCount() == 1 else { throw Ceremonies.problem(.rejected, as: .unauthorized) }
                let started = try starting.read(answers.next())
                let profile = try ProfileRow(stored.userID, answers.next())
                try call.audit(
                    .signedIn, of: stored.userID,
                    [
                        "method": "passkey", "device": .string(device),
                        "attachment": used.attachment.map { .string($0.rawValue) } ?? .null,
                    ], in: &db)
                return welcome(profile, started, call)
            }
        })

    static let confirmOptions = Route(
        method: .post, path: "/api/auth/reauthenticate/options", access: .session(),
        about: "Begins a confirmation that it is still you, for changes that want a recent sign-in.",
        body: .object([(String, Schema)]()),
        answers: [.init(status: 200, about: "For navigator.credentials.get", schema: .named("CeremonyOptions"))],
        errors: [.validationError, .unsupportedMediaType, .payloadTooLarge], limit: .signIn,
        handler: .database { call, db in
            let party = try call.relyingParty()
            var body = try ObjectReader(body: call.request)
            body.refuseUnknown()
            try body.mistakes.check()
            let passkeys = try db.passkeys(of: call.userID())
            let browser = Challenges.browserToken(of: call.request)
            let challenge = try db.ask(
                Challenges.Question(purpose: .reauthenticate, sessionID: call.session().id), browser: browser)
            return CeremonyOptions.request(
                allowed: passkeys.map { PasskeyDescriptor(id: $0.id, transports: $0.transports) }, challenge: challenge,
                party
            ).bound(to: browser)
        })

    static let confirm = Route(
        method: .post, path: "/api/auth/reauthenticate/verify", access: .session(),
        about: "Ends a confirmation. The session goes on under a new token, and counts as recent for five minutes.",
        body: .object([("credential", .anything)]),
        answers: [.init(status: 200, about: "Confirmed", schema: .object([("user", .named("Profile"))]))],
        errors: [.validationError, .unsupportedMediaType, .payloadTooLarge], limit: .signIn,
        handler: .database { call, db in
            let party = try call.relyingParty()
            let caller = try call.signedIn(), session = try call.session()
            var body = try ObjectReader(body: call.request)
            let answer = try call.credential(&body, .confirmationRefused, as: .forbidden, in: &db) {
                value throws(WebAuthnRefusal) in try AuthenticationAnswer(value)
            }
            let (_, found) = try take(
                answer, .reauthenticate, sessionID: session.id, .confirmationRefused, call, &db)
            guard let stored = found, stored.userID == caller.userID else {
                throw try call.refusal(
                    WebAuthnRefusal(.wrongCredential, "not of this user"), .confirmationRefused, as: .forbidden,
                    in: &db)
            }
            let ceremony = Authentication(
                challenge: .sha256(answer.clientData.challengeSHA256), relyingParty: party,
                userHandle: stored.record.userHandle)
            let used = try prove(ceremony, answer, stored, .confirmationRefused, call, &db)
            return try db.transaction(opening: [
                StoredCredential.recording(used), ProfileRow.reading(caller.userID),
            ]) { db, answers in
                guard answers.nextCount() == 1, let renewed = try db.renewSession(session.id) else {
                    throw Ceremonies.problem(.rejected, as: .forbidden)
                }
                let profile = try ProfileRow(caller.userID, answers.next())
                try call.audit(.confirmed, in: &db)
                return welcome(profile, renewed, call)
            }
        })

    /// Uses up the question and finds the passkey, in one trip.
    ///
    /// - Throws: ``Problem`` when nothing was asked that this answers.
    private static func take(
        _ answer: AuthenticationAnswer, _ purpose: Challenges.Purpose, sessionID: String?, _ event: AccountEvent,
        _ call: Call, _ db: inout Connection
    ) throws -> (Challenges.Question, StoredCredential?) {
        var question: Challenges.Question?, stored: StoredCredential?
        if let browser = Challenges.existingBrowserToken(of: call.request) {
            let taking = Challenges.Taking(
                answer.clientData.challengeSHA256, purpose, sessionID: sessionID, browser: browser)
            var answers = try db.batch([taking.statement, StoredCredential.reading(answer.credentialID)])
            question = try taking.read(answers.next())
            stored = try StoredCredential(answer.credentialID, answers.next())
        }
        guard let question else {
            throw try call.refusal(
                WebAuthnRefusal(.wrongChallenge, "unknown, used or expired"), event,
                as: purpose == .login ? .unauthorized : .forbidden, in: &db)
        }
        return (question, stored)
    }

    private static func prove(
        _ ceremony: Authentication, _ answer: AuthenticationAnswer, _ stored: StoredCredential, _ event: AccountEvent,
        _ call: Call, _ db: inout Connection
    ) throws -> AuthenticatedCredential {
        do throws(WebAuthnRefusal) { return try ceremony.verify(answer, against: stored.record) } catch {
            throw try call.refusal(
                error, event, as: event == .signInRefused ? .unauthorized : .forbidden, of: stored.userID, in: &db)
        }
    }

    /// The answer to whoever has just got a session.
    static func welcome(_ profile: ProfileRow, _ started: Sessions.Started, _ call: Call) -> Response {
        Response.json(200, capacity: 1_024) { json in
            json.object { json in
                json.key("user")
                profile.write(for: profile.caller(in: started.session), call.configuration, into: &json)
            }
        }.signedIn(started)
    }
}
