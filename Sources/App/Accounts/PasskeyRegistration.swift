import Crypto
import HTTP
import JSON
import Postgres
import System
import WebAuthn

/// `/api/auth/webauthn/register/…`: a passkey for a new user, or a further one for whoever is signed in.
enum PasskeyRegistration {
    static let maximumOfUser = 25

    static let options = Route(
        .post, "/api/auth/webauthn/register/options", .visitor,
        """
        Begins a passkey registration. Signed in: a further passkey, after a recent sign-in, with an empty object. Not \
        signed in: a new user; the email is a label that nobody proves.
        """,
        takes: applicant, answers: [CeremonyOptions.Creation.answer],
        errors: [.unauthorized, .reauthenticationRequired, .conflict], limit: .signIn
    ) { call, db, applicant in
        let party = try call.relyingParty()
        let browser = Challenges.browserToken(of: call.request)
        guard let applicant else { return try furtherPasskey(call.signedIn(), browser, party, call.configuration, &db) }
        let invitationHash = try admit(invitation: applicant.invitation, call.configuration, &db)
        let handle = Random.bytes(64)
        let challenge = try db.ask(
            Challenges.Question(
                purpose: .register, userHandle: handle, email: applicant.email, displayName: applicant.displayName,
                invitationHash: invitationHash), browser: browser)
        return CeremonyOptions.Creation.answer(
            .init(
                userHandle: handle, name: applicant.email, displayName: applicant.displayName ?? applicant.email,
                excluded: [], challenge: challenge, relyingPartyID: party.id,
                asksForAttestation: call.configuration.asksForAttestation), capacity: 1_024
        ).bound(to: browser)
    }

    /// Who wants to sign up.
    private struct Applicant {
        let email: String
        let displayName: String?
        let invitation: String?
    }

    /// Nil for whoever is signed in, and sends nothing.
    private static let applicant = Field<Applicant?>.group(
        .body(optional: "email", Form<String>.email, "Needed unless signed in"),
        .body(optional: "display_name", Form<String>.line(1...100)),
        .body(optional: "invitation", Form<String>.text(1...100), "Needed where signing up needs one"), make: applicant)

    private static func applicant(
        _ reader: inout FieldReader, _ email: String?, _ displayName: String?, _ invitation: String?
    ) -> Applicant?? {
        guard reader.call.caller == nil else {
            for (name, value) in [("email", email), ("display_name", displayName), ("invitation", invitation)]
            where value != nil {
                reader.mistakes.add(name, "UNKNOWN_KEY", "\(name) is not known here.")
            }
            return .some(nil)
        }
        guard let email else {
            reader.miss("email", .body)
            return nil
        }
        return Applicant(email: email, displayName: displayName, invitation: invitation)
    }

    private struct Made {
        let profile: Profile
        let passkeyID: [UInt8]
        /// Of a new user.
        let codes: [String]?

        static let form = Form<Made>.object([
            .member("user", Profile.form, \.profile), .member("passkey_id", .base64URL, \.passkeyID),
            .nullable("recovery_codes", .list(of: .text), \.codes),
        ])
    }

    /// What ends with a recovery, because whoever has the lost device may have it.
    private struct Ends {
        let otherSessions: Bool
        let keys: Bool

        static let field = Field<Ends>.group(
            .body("end_other_sessions", .flag, default: true, "After a recovery: whether all other sessions end"),
            .body("end_api_keys", .flag, default: true, "After a recovery: whether all API keys end")
        ) { Ends(otherSessions: $1, keys: $2) }
    }

    private static let made = Answer(201, "The passkey is stored", Made.form)

    static let verify = Route(
        .post, "/api/auth/webauthn/register/verify", .visitor,
        """
        Ends a passkey registration. A new user gets the account, paper money, ten recovery codes that are shown only here, \
        and a session. After a recovery the account's other sessions and its API keys end.
        """,
        takes: .body("credential", .json), .body(optional: "name", Form<String>.line(1...100)),
        Ends.field, answers: [made], errors: [.unauthorized, .conflict], limit: .signIn
    ) { call, db, credential, name, ends in
        let party = try call.relyingParty()
        let answer = try call.credential(credential, .passkeyRefused, as: .validationError, in: &db) {
            value throws(WebAuthnRefusal) in try RegistrationAnswer(value)
        }
        let challengeHash = answer.clientData.challengeSHA256
        var question: Challenges.Question?
        if let browser = Challenges.existingBrowserToken(of: call.request) {
            question = try db.run(
                .withoutWaitingForDisk,
                .takingQuestion(
                    challengeHash, call.caller == nil ? .register : .addPasskey, sessionID: call.caller?.session?.id,
                    browser: browser)
            ).1
        }
        guard let question else {
            throw try call.refusal(
                WebAuthnRefusal(.wrongChallenge, "unknown, used or expired"), .passkeyRefused, as: .validationError,
                in: &db)
        }
        let ceremony = Registration(
            challenge: .sha256(challengeHash), relyingParty: party, algorithms: CeremonyOptions.algorithms,
            attestation: call.configuration.attestation,
            time: SystemClock.unixMicroseconds() / 1_000_000)
        let registered: RegisteredCredential
        do throws(WebAuthnRefusal) { registered = try ceremony.verify(answer) } catch {
            throw try call.refusal(error, .passkeyRefused, as: .validationError, in: &db)
        }
        let device = call.device
        do {
            if let caller = call.caller {
                return try add(
                    registered, named: name ?? device, to: caller, on: device, ends, call, &db)
            }
            return try signUp(question, registered, named: name ?? device, on: device, call, &db)
        } catch let error as PostgresError {
            guard case .uniqueViolation("webauthn_credentials_pkey") = error.code else { throw error }
            throw Problem(.conflict, "This passkey is registered already.")
        }
    }.taking(bodyOf: 65_536)  // certificates come along

    /// - Throws: ``Problem`` 403 when this installation does not take the new user.
    /// - Returns: the hash of an invitation that is good, if one came.
    private static func admit(
        invitation: String?, _ configuration: Configuration, _ db: inout Connection
    ) throws -> [UInt8]? {
        switch configuration.registration {
        case .closed: throw Problem(.forbidden, "Nobody can sign up here at the moment.")
        case .invite where invitation == nil: throw Problem(.forbidden, "Signing up here needs an invitation.")
        case .open, .invite: break
        }
        guard let invitation else { return nil }
        let hash = Sessions.hash(invitation)
        guard try db.run(.invitationRole(hash)) != nil else { throw invitationRefused }
        return hash
    }

    private static let invitationRefused = Problem(
        .forbidden, "This invitation was used already, has expired, or never existed.")

    private static func furtherPasskey(
        _ caller: Caller, _ browser: String, _ party: RelyingParty, _ configuration: Configuration,
        _ db: inout Connection
    ) throws -> Response {
        if caller.session?.kind == .full { try Access.confirm(caller) }
        let (known, profile) = try db.run(.passkeys(of: caller.userID), .profile(of: caller.userID))
        guard known.count < maximumOfUser else {
            throw Problem(.conflict, "You have \(known.count) passkeys, which is the most one account can have.")
        }
        let challenge = try db.ask(
            Challenges.Question(purpose: .addPasskey, sessionID: caller.session?.id), browser: browser)
        return CeremonyOptions.Creation.answer(
            .init(
                userHandle: profile.userHandle, name: profile.accountName, displayName: profile.shownName,
                excluded: known.map(\.descriptor), challenge: challenge, relyingPartyID: party.id,
                asksForAttestation: configuration.asksForAttestation), capacity: 1_024
        ).bound(to: browser)
    }

    /// User, paper account, passkey, recovery codes and session: all of it or nothing.
    private static func signUp(
        _ question: Challenges.Question, _ credential: RegisteredCredential, named name: String, on device: String,
        _ call: Call, _ db: inout Connection
    ) throws -> Response {
        guard call.configuration.registration != .closed, let handle = question.userHandle else {
            throw Problem(.forbidden, "Nobody can sign up here at the moment.")
        }
        let made = try db.transaction { db -> (userID: String, codes: [String], started: Sessions.Started) in
            var role = Role.user
            if let hash = question.invitationHash {
                guard let granted = try db.run(.invitationRole(hash)) else { throw invitationRefused }
                role = granted
            }
            let user = try db.insertUser(
                email: question.email, displayName: question.displayName, handle: handle, role: role)
            if let hash = question.invitationHash, try db.run(.usingInvitation(hash, by: user.id)) == 0 {
                throw invitationRefused
            }
            try db.run(.insertingPasskey(credential, named: name, for: user.id))
            let codes = try db.replaceRecoveryCodes(of: user.id)
            let started = try db.run(
                .startingSession(
                    of: user.id, by: .passkey, on: device, replacing: Sessions.token(of: call.request)))
            try call.audit(
                .userCreated, of: user.id,
                [
                    "role": .string(user.role.rawValue), "invited": .bool(question.invitationHash != nil),
                    "device": .string(device),
                ], in: &db)
            return (user.id, codes, started)
        }
        return try stored(credential, of: made.userID, made.started, made.codes, call, &db)
    }

    /// A session that may only add a passkey has done so, and becomes a whole one.
    private static func add(
        _ credential: RegisteredCredential, named name: String, to caller: Caller, on device: String,
        _ ends: Ends, _ call: Call, _ db: inout Connection
    ) throws -> Response {
        let isWayBack = caller.session?.kind == .recovery
        let started = try db.transaction(
            opening: .lockingCaller(caller.userID), .passkeys(of: caller.userID)
        ) { db, _, known -> Sessions.Started? in
            guard known.count < maximumOfUser else {
                throw Problem(.conflict, "You have \(maximumOfUser) passkeys, which is the most one account can have.")
            }
            try db.run(.insertingPasskey(credential, named: name, for: caller.userID))
            let ended =
                isWayBack && ends.otherSessions
                ? try db.run(.endingSessions(of: caller.userID, except: caller.session?.id)) : 0
            let keys = isWayBack && ends.keys ? try db.run(.revokingKeys(of: caller.userID)) : []
            let started =
                isWayBack
                ? try db.run(
                    .startingSession(
                        of: caller.userID, by: .passkey, on: device, replacing: Sessions.token(of: call.request)))
                : nil
            if ended > 0 { try call.audit(.othersEnded, ["count": .number(Number(ended))], in: &db) }
            for prefix in keys { try call.audit(.keyRevoked, ["prefix": .string(prefix)], in: &db) }
            try call.audit(
                .passkeyAdded, ["name": .string(name), "after_recovery": .bool(isWayBack)], in: &db)
            return started
        }
        return try stored(credential, of: caller.userID, started, nil, call, &db)
    }

    private static func stored(
        _ credential: RegisteredCredential, of userID: String, _ started: Sessions.Started?, _ codes: [String]?,
        _ call: Call,
        _ db: inout Connection
    ) throws -> Response {
        let row = try db.run(.profile(of: userID))
        guard let session = started?.session ?? call.caller?.session else { throw Problem(.unauthorized) }
        let profile = Profile(row, row.caller(in: session), call.configuration)
        let response = made(Made(profile: profile, passkeyID: credential.id, codes: codes), capacity: 2_048)
        return started.map { response.signedIn($0) } ?? response
    }
}
