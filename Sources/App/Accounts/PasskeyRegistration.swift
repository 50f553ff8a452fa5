import Crypto
import HTTP
import JSON
import Postgres
import System
import WebAuthn

/// `/api/auth/webauthn/register/…`: a passkey for a new user, or a further one for whoever is signed in.
enum PasskeyRegistration {
    static let mostOfUser = 25

    static let options = Route(
        method: .post, path: "/api/auth/webauthn/register/options", access: .visitor,
        about: """
            Begins a passkey registration. Signed in: a further passkey, after a recent sign-in, with an empty object. Not \
            signed in: a new user; the email is a label that nobody proves.
            """,
        body: .object([("email?", .text), ("display_name?", .text), ("invitation?", .text)]),
        answers: [.init(status: 200, about: "For navigator.credentials.create", schema: .named("CeremonyOptions"))],
        errors: [.validationError, .reauthenticationRequired, .conflict, .unsupportedMediaType, .payloadTooLarge],
        limit: .signIn,
        handler: .database { call, db in
            let party = try call.relyingParty()
            var body = try ObjectReader(body: call.request)
            let browser = Challenges.browserToken(of: call.request)
            if let caller = call.caller {
                body.refuseUnknown()
                try body.mistakes.check()
                return try furtherPasskey(caller, browser, party, call.configuration, &db)
            }
            let email = body.email("email"), displayName = body.personName("display_name")
            let invitation = body.string("invitation", 1...100, required: false)
            body.refuseUnknown()
            try body.mistakes.check()
            guard let email else { throw Problem(.validationError) }
            let invitationHash = try admit(invitation: invitation, call.configuration, &db)
            let handle = Random.bytes(64)
            let challenge = try db.ask(
                Challenges.Question(
                    purpose: .register, userHandle: handle, email: email, displayName: displayName,
                    invitationHash: invitationHash), browser: browser)
            return CeremonyOptions.creation(
                .init(userHandle: handle, name: email, displayName: displayName ?? email, excluded: []),
                challenge: challenge, party, call.configuration
            ).bound(to: browser)
        })

    static let verify = Route(
        method: .post, path: "/api/auth/webauthn/register/verify", access: .visitor,
        about: """
            Ends a passkey registration. A new user gets the account, paper money, ten recovery codes that are shown only \
            here, and a session.
            """,
        body: .object([("credential", .anything), ("name?", .text)]),
        answers: [
            .init(
                status: 201, about: "The passkey is stored",
                schema: .object([
                    ("user", .named("Profile")), ("passkey_id", .text),
                    ("recovery_codes", Schema.list(.text).orNull),
                ]))
        ],
        errors: [.validationError, .conflict, .unsupportedMediaType, .payloadTooLarge], limit: .signIn,
        handler: .database { call, db in
            let party = try call.relyingParty()
            var body = try ObjectReader(body: call.request)
            let name = body.personName("name")
            let answer = try call.credential(&body, .passkeyRefused, as: .validationError, in: &db) {
                value throws(WebAuthnRefusal) in try RegistrationAnswer(value)
            }
            let challengeHash = answer.clientData.challengeSHA256
            let question = try db.takeQuestion(
                challengeHash: challengeHash, call.caller == nil ? .register : .addPasskey,
                sessionID: call.caller?.session?.id, browser: Challenges.existingBrowserToken(of: call.request))
            guard let question else {
                throw try call.refusal(
                    WebAuthnRefusal(.wrongChallenge, "unknown, used or expired"), .passkeyRefused, as: .validationError,
                    in: &db)
            }
            let ceremony = Registration(
                challenge: .sha256(challengeHash), relyingParty: party, algorithms: CeremonyOptions.algorithms,
                attestation: call.configuration.attestation,
                time: SystemClock.unixMicroseconds() / 1_000_000)
            let credential: RegisteredCredential
            do throws(WebAuthnRefusal) { credential = try ceremony.verify(answer) } catch {
                throw try call.refusal(error, .passkeyRefused, as: .validationError, in: &db)
            }
            let device = DeviceName.from(userAgent: call.request.fields["User-Agent"])
            do {
                if let caller = call.caller {
                    return try add(credential, named: name ?? device, to: caller, on: device, call, &db)
                }
                return try signUp(question, credential, named: name ?? device, on: device, call, &db)
            } catch let error as PostgresError {
                guard case .uniqueViolation("webauthn_credentials_pkey") = error.code else { throw error }
                throw Problem(.conflict, "This passkey is registered already.")
            }
        })

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
        guard try db.invitationRole(hash) != nil else { throw invitationRefused }
        return hash
    }

    private static let invitationRefused = Problem(
        .forbidden, "This invitation was used already, has expired, or never existed.")

    private static func furtherPasskey(
        _ caller: Caller, _ browser: String, _ party: RelyingParty, _ configuration: Configuration,
        _ db: inout Connection
    ) throws -> Response {
        if caller.session?.kind == .full { try Access.confirm(caller) }
        let known = try db.passkeys(of: caller.userID)
        guard known.count < mostOfUser else {
            throw Problem(.conflict, "You have \(known.count) passkeys, which is the most one account can have.")
        }
        let profile = try db.profile(of: caller.userID)
        let challenge = try db.ask(
            Challenges.Question(purpose: .addPasskey, sessionID: caller.session?.id), browser: browser)
        return CeremonyOptions.creation(
            .init(
                userHandle: profile.userHandle, name: profile.accountName,
                displayName: profile.displayName ?? profile.accountName,
                excluded: known.map { PasskeyDescriptor(id: $0.id, transports: $0.transports) }),
            challenge: challenge, party, configuration
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
                guard let granted = try db.invitationRole(hash) else { throw invitationRefused }
                role = granted
            }
            let user = try db.insertUser(
                email: question.email, displayName: question.displayName, handle: handle, role: role)
            if let hash = question.invitationHash, try !db.useInvitation(hash, by: user.id) { throw invitationRefused }
            try db.insertPasskey(credential, named: name, for: user.id)
            let codes = try db.replaceRecoveryCodes(of: user.id)
            let started = try db.startSession(
                of: user.id, by: .passkey, on: device, replacing: Sessions.token(of: call.request))
            try call.audit(
                .userCreated, of: user.id,
                [
                    "role": .string(user.role), "invited": .bool(question.invitationHash != nil),
                    "device": .string(device),
                ], in: &db)
            return (user.id, codes, started)
        }
        return try stored(credential, of: made.userID, made.started, made.codes, call, &db)
    }

    /// A session that may only add a passkey has done so, and becomes a whole one.
    private static func add(
        _ credential: RegisteredCredential, named name: String, to caller: Caller, on device: String, _ call: Call,
        _ db: inout Connection
    ) throws -> Response {
        let isWayBack = caller.session?.kind == .recovery
        let started = try db.transaction { db -> Sessions.Started? in
            guard try db.lockUser(caller.userID) else { throw Problem(.unauthorized) }
            guard try db.passkeys(of: caller.userID).count < mostOfUser else {
                throw Problem(.conflict, "You have \(mostOfUser) passkeys, which is the most one account can have.")
            }
            try db.insertPasskey(credential, named: name, for: caller.userID)
            let started =
                isWayBack
                ? try db.startSession(
                    of: caller.userID, by: .passkey, on: device, replacing: Sessions.token(of: call.request)) : nil
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
        let profile = try db.profile(of: userID)
        guard let session = started?.session ?? call.caller?.session else { throw Problem(.unauthorized) }
        let response = Response.json(201, capacity: 2_048) { json in
            json.object { json in
                json.key("user")
                profile.write(for: profile.caller(in: session), call.configuration, into: &json)
                json.member("passkey_id", base64URL(credential.id))
                json.key("recovery_codes")
                if let codes { json.array(codes) { $0.string($1) } } else { json.null() }
            }
        }
        return started.map { response.signedIn($0) } ?? response
    }
}
