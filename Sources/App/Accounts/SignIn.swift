import HTTP
import JSON
import Postgres
import WebAuthn

/// `/api/auth/webauthn/login/…`, `/api/auth/reauthenticate/…`: proving who one is, for a session or for a dangerous change.
enum SignIn {
    static let options = Route(
        .post, "/api/auth/webauthn/login/options", .visitor,
        """
        Begins a sign-in. Without an email any passkey of this site will do (conditional UI). With one, the answer has the \
        same form whether anybody has it or not.
        """,
        takes: .body(optional: "email", Form<String>.email), answers: [CeremonyOptions.Use.answer], limit: .signIn
    ) { call, db, email in
        let party = try call.relyingParty()
        var allowed: [PasskeyDescriptor] = []
        if let email {
            // Both are always done, so that neither the form nor the time of the answer tells whether anybody is known.
            let standIns = PasskeyDescriptor.standIns(
                for: email, key: call.configuration.serverSecret?.key(for: "stand-in passkeys") ?? [])
            let real = try db.run(.passkeyDescriptors(ofEmail: email, limit: PasskeyDescriptor.maximumListed))
            allowed = real.isEmpty ? standIns : real
        }
        return try ask(.init(purpose: .login, email: email), of: allowed, party, call, &db)
    }

    private static let signedIn = Answer(200, "Signed in", welcomed)
    private static let confirmed = Answer(200, "Confirmed", welcomed)
    static let welcomed = Form.object("user", Profile.form)

    static let verify = Route(
        .post, "/api/auth/webauthn/login/verify", .visitor,
        "Ends a sign-in. The session that the browser had before is over, whosever it was.",
        takes: .body("credential", .json), answers: [signedIn], errors: [.unauthorized], limit: .signIn
    ) { call, db, credential in
        let party = try call.relyingParty()
        let answer = try call.credential(credential, .signInRefused, as: .unauthorized, in: &db) {
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
        let device = call.device
        return try db.transaction(
            opening: .recording(used),
            .startingSession(
                of: stored.userID, by: .passkey, on: device, replacing: Sessions.token(of: call.request)),
            .profile(of: stored.userID), .lockingAuditHead(of: stored.userID)
        ) { db, recorded, started, profile, head in
            // Nobody deletes the account meanwhile: that would have to wait for this very row.
            guard recorded == 1 else { throw Ceremonies.problem(.rejected, as: .unauthorized) }
            try call.audit(
                .signedIn, of: stored.userID,
                [
                    "method": "passkey", "device": .string(device),
                    "attachment": used.attachment.map { .string($0.rawValue) } ?? .null,
                ], on: head, in: &db)
            return signedIn(welcome: profile, started, call)
        }
    }

    static let confirmOptions = Route(
        .post, "/api/auth/reauthenticate/options", .session(),
        "Begins a confirmation that it is still you, for changes that want a recent sign-in.",
        takes: .emptyBody, answers: [CeremonyOptions.Use.answer], limit: .signIn
    ) { call, db, _ in
        let party = try call.relyingParty()
        let passkeys = try db.run(.passkeys(of: call.userID()))
        return try ask(
            .init(purpose: .reauthenticate, sessionID: call.session().id), of: passkeys.map(\.descriptor), party, call,
            &db)
    }

    static let confirm = Route(
        .post, "/api/auth/reauthenticate/verify", .session(),
        "Ends a confirmation. The session goes on under a new token, and counts as recent for five minutes.",
        takes: .body("credential", .json), answers: [confirmed], limit: .signIn
    ) { call, db, credential in
        let party = try call.relyingParty()
        let caller = try call.signedIn(), session = try call.session()
        let answer = try call.credential(credential, .confirmationRefused, as: .forbidden, in: &db) {
            value throws(WebAuthnRefusal) in try AuthenticationAnswer(value)
        }
        let (_, found) = try take(answer, .reauthenticate, sessionID: session.id, .confirmationRefused, call, &db)
        guard let stored = found, stored.userID == caller.userID else {
            throw try call.refusal(
                WebAuthnRefusal(.wrongCredential, "not of this user"), .confirmationRefused, as: .forbidden, in: &db)
        }
        let ceremony = Authentication(
            challenge: .sha256(answer.clientData.challengeSHA256), relyingParty: party,
            userHandle: stored.record.userHandle)
        let used = try prove(ceremony, answer, stored, .confirmationRefused, call, &db)
        return try db.transaction(
            opening: .recording(used), .renewingSession(session.id), .profile(of: caller.userID),
            .lockingAuditHead(of: caller.userID)
        ) { db, recorded, renewed, profile, head in
            guard recorded == 1, let renewed else { throw Ceremonies.problem(.rejected, as: .forbidden) }
            try call.audit(.confirmed, on: head, in: &db)
            return confirmed(welcome: profile, renewed, call)
        }
    }

    private static func ask(
        _ question: Challenges.Question, of allowed: [PasskeyDescriptor], _ party: RelyingParty, _ call: Call,
        _ db: inout Connection
    ) throws -> Response {
        let browser = Challenges.browserToken(of: call.request)
        let challenge = try db.ask(question, browser: browser)
        return CeremonyOptions.Use.answer(
            .init(allowed: allowed, challenge: challenge, relyingPartyID: party.id), capacity: 1_024
        ).bound(to: browser)
    }

    /// Uses up the question and finds the passkey, in one trip.
    ///
    /// - Throws: ``Problem`` when nothing was asked that this answers.
    private static func take(
        _ answer: AuthenticationAnswer, _ purpose: Challenges.Purpose, sessionID: String?, _ event: AccountEvent,
        _ call: Call, _ db: inout Connection
    ) throws -> (Challenges.Question, StoredCredential?) {
        var question: Challenges.Question?, stored: StoredCredential?
        if let browser = Challenges.existingBrowserToken(of: call.request) {
            // On the disk with whatever comes of it: the session or the refusal.
            (_, question, stored) = try db.run(
                .withoutWaitingForDisk,
                .takingQuestion(
                    answer.clientData.challengeSHA256, purpose, sessionID: sessionID, browser: browser),
                .credential(answer.credentialID))
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
}

extension Answer where Content == Profile {
    /// To whoever has just got a session.
    func callAsFunction(welcome profile: ProfileRow, _ started: Sessions.Started, _ call: Call) -> Response {
        self(Profile(profile, profile.caller(in: started.session), call.configuration), capacity: 1_024)
            .signedIn(started)
    }
}
