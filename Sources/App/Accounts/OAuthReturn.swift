import Crypto
import HTTP
import JSON
import Postgres
import System

/// A browser that has come back from a provider.
struct OAuthReturn {
    /// Binds a sign-in to the browser that began it. Apple's form comes from another site, so `SameSite` must be `None`.
    static let cookieName = "__Host-oauth"

    /// What the sign-in page can be told, beside the codes of the error catalog.
    enum Failure: String, CaseIterable {
        /// Unknown, used, too old, or begun in another browser: which of them only the audit trail knows.
        case expired = "SIGN_IN_EXPIRED"
        case cancelled = "SIGN_IN_CANCELLED"
        case unavailable = "PROVIDER_UNAVAILABLE"
        case refused = "PROVIDER_REFUSED"
        case registrationClosed = "REGISTRATION_CLOSED"
        case invitationRequired = "INVITATION_REQUIRED"
        case accountClosed = "ACCOUNT_CLOSED"
        /// The account elsewhere belongs to another user here.
        case identityTaken = "IDENTITY_TAKEN"
        /// The user has linked another account of the same provider.
        case alreadyLinked = "ALREADY_LINKED"
    }

    private enum Outcome {
        case session(token: String)
        case linked
        case failure(Failure, userID: String? = nil)
    }

    private let call: Call
    private let origin: String
    private let provider: IdentityProvider
    /// What the provider had the browser bring.
    private let answer: [String: String]

    static func cookie(_ token: String) -> Cookie {
        Cookie(cookieName, token, maxAgeSeconds: PendingSignIn.minutes * 60, sameSite: .none)
    }

    /// - Parameter answer: what the provider had the browser bring; each name once.
    /// - Throws: ``Problem`` for a provider that is not configured.
    init(_ call: Call, _ provider: IdentityProvider, _ answer: [String: String]) throws {
        (self.call, self.provider, self.answer) = (call, provider, answer)
        origin = try OAuthRoutes.origin(for: provider, call)
    }

    /// Finds out who it is and does what they were sent away for. Between the two uses of the database no transaction
    /// is open: providers may be slow.
    func finish(_ database: inout Database, _ providers: any IdentityProviders) throws -> Response {
        let browser = call.request.cookie(Self.cookieName).flatMap { Sessions.isToken($0) ? $0 : nil }
        let state = answer["state"] ?? ""
        let taken = try database.use { db in
            Sessions.isToken(state)
                ? try db.run(.takingPendingSignIn(state: state, browser: browser, provider: provider))
                : .nothing("no_state")
        }
        let pending: PendingSignIn
        switch taken {
        case .pending(let found): pending = found
        case .nothing(let reason): return try refuse(.expired, reason, &database)
        }
        let request = AuthorizationRequest(
            provider: provider, redirectURI: OAuthRoutes.redirectURI(origin, provider), state: state,
            nonce: pending.nonce, codeVerifier: pending.codeVerifier)
        let identity: Identity
        do { identity = try providers.identity(request, answer: answer) } catch {
            let failure: Failure =
                switch error.kind {
                case .cancelled: .cancelled
                case .unavailable: .unavailable
                case .refused: .refused
                }
            return try refuse(failure, error.reason, &database)
        }
        let outcome = try database.use { db in try settle(identity, pending, &db) }
        var response = OAuthRoutes.redirect(
            to: origin + (pending.returnTo ?? "/"), with: .removal(of: Self.cookieName))
        switch outcome {
        case .session(let token): response.set(Sessions.cookie(token))
        case .linked: break
        case .failure(let failure, let userID):
            return try refuse(failure, failure.rawValue.lowercased(), of: userID, &database)
        }
        return response
    }

    private func refuse(
        _ failure: Failure, _ reason: String, of userID: String? = nil, _ database: inout Database
    ) throws -> Response {
        try database.use { db in
            try call.audit(
                .signInRefused, of: userID,
                ["method": .string(provider.rawValue), "reason": .string(reason)], in: &db)
        }
        return OAuthRoutes.page(origin, error: failure.rawValue)
    }

    /// All of it or nothing. Two that settle the same new identity at once both see nobody having it: whoever comes
    /// second begins again, and finds the first.
    private func settle(_ identity: Identity, _ pending: PendingSignIn, _ db: inout Connection) throws -> Outcome {
        for _ in 0..<2 {
            do { return try db.transaction { db in try settleOnce(identity, pending, &db) } } catch let error
                as PostgresError
            {
                guard case .uniqueViolation = error.code else { throw error }
            }
        }
        return try db.transaction { db in try settleOnce(identity, pending, &db) }
    }

    private func settleOnce(_ identity: Identity, _ pending: PendingSignIn, _ db: inout Connection) throws -> Outcome {
        let owner = try db.run(.owner(of: identity))
        switch (pending.intent, owner) {
        case (.signIn, let owner?):
            guard !owner.isDisabled else { return .failure(.accountClosed, userID: owner.userID) }
            // Locked first, so that nobody unlinks the identity meanwhile.
            guard try db.run(.lockingUser(owner.userID)),
                try db.run(.recordingUse(of: identity, by: owner.userID)) == 1
            else { return .failure(.expired, userID: owner.userID) }
            return try startSession(of: owner.userID, &db) { device in
                (.signedIn, ["method": .string(provider.rawValue), "device": .string(device)])
            }
        case (.signIn, nil): return try signUp(identity, pending, &db)
        case (.link(let sessionID), let owner):
            guard let userID = try db.run(.owner(ofSession: sessionID)), try db.run(.lockingUser(userID)) else {
                return .failure(.expired)
            }
            if let owner {
                return owner.userID == userID ? .linked : .failure(.identityTaken, userID: userID)
            }
            guard try !db.run(.hasIdentity(userID, at: provider)) else {
                return .failure(.alreadyLinked, userID: userID)
            }
            try insert(identity, of: userID, &db)
            try call.audit(
                .identityLinked, of: userID, ["provider": .string(provider.rawValue)], in: &db)
            return .linked
        }
    }

    /// User, paper account, identity and session, if this installation takes the new user.
    private func signUp(_ identity: Identity, _ pending: PendingSignIn, _ db: inout Connection) throws -> Outcome {
        var role = Role.user
        switch call.configuration.registration {
        case .closed: return .failure(.registrationClosed)
        case .invite where pending.invitationHash == nil: return .failure(.invitationRequired)
        case .open, .invite:
            if let hash = pending.invitationHash {
                guard let granted = try db.run(.invitationRole(hash)) else { return .failure(.invitationRequired) }
                role = granted
            }
        }
        let user = try db.insertUser(
            email: identity.usableEmail, displayName: identity.usableName, handle: Random.bytes(64), role: role)
        // Somebody who uses the same invitation at this moment wins or loses as a whole.
        if let hash = pending.invitationHash, try db.run(.usingInvitation(hash, by: user.id)) == 0 {
            throw Problem(.conflict, "The invitation has just been used.")
        }
        try insert(identity, of: user.id, &db)
        return try startSession(of: user.id, &db) { device in
            (
                .userCreated,
                [
                    "role": .string(user.role.rawValue), "invited": .bool(pending.invitationHash != nil),
                    "method": .string(provider.rawValue), "device": .string(device),
                ]
            )
        }
    }

    private func insert(_ identity: Identity, of userID: String, _ db: inout Connection) throws {
        try db.run(.inserting(identity, of: userID, at: provider))
        if let email = identity.verifiedEmail { try db.run(.vouching(for: email, of: userID)) }
    }

    private func startSession(
        of userID: String, _ db: inout Connection, _ event: (String) -> (AccountEvent, Object)
    ) throws -> Outcome {
        let device = call.device
        let started = try db.run(
            .startingSession(
                of: userID, by: provider.sessionMethod, on: device, replacing: Sessions.token(of: call.request)))
        let (event, payload) = event(device)
        try call.audit(event, of: userID, payload, in: &db)
        return .session(token: started.token)
    }
}
