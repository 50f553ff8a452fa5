import HTTP
import Postgres

/// What a person may do here.
public enum Role: String, Sendable, CaseIterable {
    case user, `operator`, admin

    /// What their sessions, and the most their keys, may do.
    var scopes: Set<Scope> { Set(Scope.allCases.filter { $0.isAllowed(for: rawValue) }) }
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
enum Access {
    /// Whoever sent the request; nil when nobody needs to be signed in and nobody is.
    ///
    /// - Throws: ``Problem`` 401 without a valid session or key, 403 when it may not do this, or when a request that may
    ///   change something comes from another page than ours; database errors.
    static func caller(
        of request: Request, on access: Route.Access, _ configuration: Configuration, in db: inout Connection
    ) throws -> Caller? {
        switch access {
        case .open: return nil
        case .signedIn(let scope, let isConfirmed):
            // A header is sent on purpose, a cookie by itself: who sends both means the header.
            if request.fields["Authorization"] != nil {
                return try APIKeys.caller(of: request, needing: scope, in: &db)
            }
            let caller = try session(of: request, configuration, in: &db)
            guard caller.scopes.contains(scope) else {
                throw Problem(.forbidden, "Your account may not do this.")
            }
            if isConfirmed { try confirm(caller) }
            return caller
        case .session(let isConfirmed):
            guard request.fields["Authorization"] == nil else {
                throw Problem(.forbidden, "An API key cannot do this: sign in with a browser.")
            }
            let caller = try session(of: request, configuration, in: &db)
            if isConfirmed { try confirm(caller) }
            return caller
        case .anySession:
            return try anySession(of: request, configuration, in: &db)
        case .visitor:
            try checkOrigin(of: request, configuration)
            guard let token = Sessions.token(of: request) else { return nil }
            return try db.caller(sessionToken: token)
        }
    }

    /// - Throws: 403 unless the caller signed in within the last minutes.
    static func confirm(_ caller: Caller) throws {
        guard caller.session?.isRecent == true else {
            throw Problem(
                .reauthenticationRequired,
                "Confirm with a passkey first: your last sign-in is more than \(Sessions.recentMinutes) minutes ago.")
        }
    }

    private static func session(
        of request: Request, _ configuration: Configuration, in db: inout Connection
    ) throws -> Caller {
        let caller = try anySession(of: request, configuration, in: &db)
        guard caller.session?.kind == .full else {
            throw Problem(.forbidden, "This way back in only lets you add a passkey. Do that first.")
        }
        return caller
    }

    private static func anySession(
        of request: Request, _ configuration: Configuration, in db: inout Connection
    ) throws -> Caller {
        guard request.cookie(Sessions.cookieName) != nil else {
            throw Problem(
                .unauthorized, "Sign in, or send a personal API key: Authorization: Bearer bsk_...",
                fields: ["WWW-Authenticate": "Bearer realm=\"BitStockerz\""])
        }
        try checkOrigin(of: request, configuration)
        guard let token = Sessions.token(of: request), let caller = try db.caller(sessionToken: token) else {
            throw Problem(
                .unauthorized, "Your session has ended. Sign in again.",
                fields: ["Set-Cookie": Cookie.removal(of: Sessions.cookieName).field])
        }
        return caller
    }

    /// A browser sends our cookie also when another site's page makes the request. Then it says so, in a header that no
    /// page can change; a request that may change something must show that it comes from ours.
    ///
    /// - Throws: ``Problem`` 403, and 415 for a body that a form could have sent.
    static func checkOrigin(of request: Request, _ configuration: Configuration) throws {
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
