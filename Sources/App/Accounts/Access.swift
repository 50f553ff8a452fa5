import HTTP
import Postgres

/// What a person may do here.
public enum Role: String, Sendable, CaseIterable {
    case user, `operator`, admin

    /// What their sessions, and the most their keys, may do.
    var scopes: Set<Scope> { Set(Scope.allCases.filter { $0.isAllowed(for: self) }) }
}

/// Who is calling: the owner of the session or key that came with the request.
struct Caller: Sendable {
    let userID: String
    let role: Role
    let scopes: Set<Scope>
    /// Nil for an API key.
    var session: Sessions.Session?
}

/// Lets a request through to its handler, or refuses it (api.md, "Sign-in" and "Rights").
struct Access {
    private let access: Route.Access
    private let credential: Credential?
    /// Where the request is counted; nil for a limit of users, whose bucket is known with them.
    private let bucket: String?
    private let limit: RateLimit?
    private let perMinute: Int

    /// What the database knows of a request's sender.
    struct Found {
        var caller: Caller?
        var standing: RateLimit.Standing?
    }

    /// - Returns: nil where nobody needs to be signed in and nothing is counted: then nothing needs to be asked.
    /// - Throws: ``Problem`` 401 and 403 for what can be seen in the request alone.
    init?(
        _ request: Request, _ access: Route.Access, _ limit: RateLimit?, _ configuration: Configuration
    ) throws {
        let credential = try Self.credential(of: request, on: access, configuration)
        guard credential != nil || limit != nil else { return nil }
        (self.access, self.credential, self.limit) = (access, credential, limit)
        perMinute = limit?.perMinute(configuration) ?? 0
        bucket = limit.flatMap { $0.isOfAddress || credential == nil ? $0.bucket(of: request) : nil }
    }

    /// Who sent the request, and where they stand with the limit: one trip to the database. Asking twice, should the
    /// session be lost in between, counts twice and harms nobody.
    func ask(_ db: inout Connection) throws -> Found {
        let known: KnownCredential?, standing: RateLimit.Standing?
        switch (credential, bucket, limit) {
        case (nil, let bucket?, _): return Found(standing: try db.run(.counting(bucket, perMinute)))
        case (nil, nil, _): return Found()
        case (let credential?, let bucket?, _):
            (known, standing) = try db.run(.known(credential), .counting(bucket, perMinute).map { $0 })
        case (let credential?, nil, let limit?):
            let both = try db.run(.known(credential, countingFor: limit, perMinute))
            (known, standing) = (both?.0, both?.1)
        case (let credential?, nil, nil): (known, standing) = (try db.run(.known(credential)), nil)
        }
        if let known, known.isStale { try db.run(known.touching) }
        return Found(caller: known?.caller, standing: standing)
    }

    /// - Throws: ``Problem`` 401 without a valid session or key, 403 when it may not do this, 429 for one too many.
    func check(_ found: Found) throws {
        if let caller = found.caller {
            try Self.check(caller, on: access)
        } else if let credential {
            try Self.refuseUnknown(credential, on: access)
        }
        try found.standing?.check()
    }

    /// - Throws: 403 unless the caller signed in within the last minutes.
    static func confirm(_ caller: Caller) throws {
        guard caller.session?.isRecent == true else {
            throw Problem(
                .reauthenticationRequired,
                "Confirm with a passkey first: your last sign-in is more than \(Sessions.recentMinutes) minutes ago.")
        }
    }

    /// What the request shows of who sent it; nil where nobody needs to be signed in and nothing is shown.
    private static func credential(
        of request: Request, on access: Route.Access, _ configuration: Configuration
    ) throws -> Credential? {
        switch access {
        case .open: return nil
        case .visitor:
            try checkOrigin(of: request, configuration)
            return Sessions.token(of: request).map { .session(Sessions.hash($0)) }
        case .signedIn:
            // A header is sent on purpose, a cookie by itself: who sends both means the header.
            if let field = request.fields["Authorization"] { return .key(try APIKeys.hash(in: field)) }
        case .session:
            guard request.fields["Authorization"] == nil else {
                throw Problem(.forbidden, "An API key cannot do this: sign in with a browser.")
            }
        case .anySession: break
        }
        guard request.cookie(Sessions.cookieName) != nil else {
            throw Problem(
                .unauthorized, "Sign in, or send a personal API key: Authorization: Bearer bsk_...",
                fields: ["WWW-Authenticate": "Bearer realm=\"BitStockerz\""])
        }
        try checkOrigin(of: request, configuration)
        guard let token = Sessions.token(of: request) else { throw ended }
        return .session(Sessions.hash(token))
    }

    private static func check(_ caller: Caller, on access: Route.Access) throws {
        if caller.session?.kind == .recovery {
            switch access {
            case .open, .visitor, .anySession: break
            case .signedIn, .session:
                throw Problem(.forbidden, "This way back in only lets you add a passkey. Do that first.")
            }
        }
        if case .signedIn(let scope, _) = access, !caller.scopes.contains(scope) {
            throw Problem(
                .forbidden,
                caller.session == nil
                    ? "This API key lacks the scope \(scope.rawValue)." : "Your account may not do this.")
        }
        switch access {
        case .signedIn(_, confirmed: true) where caller.session != nil, .session(confirmed: true): try confirm(caller)
        default: break
        }
    }

    private static func refuseUnknown(_ credential: Credential, on access: Route.Access) throws {
        if case .visitor = access { return }
        switch credential {
        case .key: throw APIKeys.unauthorized("The API key is unknown, expired or revoked.")
        case .session: throw ended
        }
    }

    private static let ended = Problem(
        .unauthorized, "Your session has ended. Sign in again.",
        fields: ["Set-Cookie": Cookie.removal(of: Sessions.cookieName).field])

    /// A browser sends our cookie also when another site's page makes the request. Then it says so, in a header that no
    /// page can change; a request that may change something must show that it comes from ours.
    ///
    /// - Throws: ``Problem`` 403, and 415 for a body that a form could have sent.
    private static func checkOrigin(of request: Request, _ configuration: Configuration) throws {
        switch request.method {
        case .get, .head, .options: return
        case .post, .put, .patch, .delete: break
        }
        let site = request.fields["Sec-Fetch-Site"], origin = request.fields["Origin"]
        let isOurs =
            (site != nil || origin != nil) && (site == nil || site == "same-origin")
            && (origin == nil || configuration.relyingParty?.origins.contains(origin!) == true)
        guard isOurs else { throw Problem(.forbidden, "This request did not come from a page of this installation.") }
        guard request.body.isEmpty || request.mediaType == "application/json" else {
            throw Problem(.unsupportedMediaType, "Send the body as application/json.")
        }
    }
}
