import HTTP
import Postgres

/// Who is calling: the owner of the session or key that came with the request.
struct Caller: Sendable {
    let userID: String
    let role: Role
    let scopes: Set<Scope>
    /// Nil for an API key.
    var session: Sessions.Session?
}

/// Lets a request through to its handler, or refuses it (api.md, "Sign-in" and "Rights").
///
/// Only what is let through counts for the caller. All else counts for the address it came from: a credential is worth
/// nothing before it is known, and a key that may not do something does not use up what its owner may. There it counts as
/// a call, whatever was wanted: an address with a few sessions that have ended is not one that exports all day.
struct Access {
    private let access: Route.Access
    private let credential: Credential?
    private let limit: RateLimit?
    private let perMinute: Int
    /// What the sender's address is allowed where requests of the kind are counted by address; of all others that are
    /// nobody's, the calls.
    private let address: RateLimit.Allowance

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
        address = (limit.flatMap { $0.isOfAddress ? $0 : nil } ?? .calls).allowance(of: request, configuration)
    }

    /// Who sent the request, and where they stand with the limit: one trip to the database. Asking twice, should the
    /// session be lost in between, counts twice and harms nobody.
    func ask(_ db: inout Connection) throws -> Found {
        let known: KnownCredential?, standing: RateLimit.Standing?
        switch (credential, limit) {
        case (nil, nil): return Found()
        case (nil, .some): return Found(standing: try db.run(.counting(address)))
        case (let credential?, nil): (known, standing) = (try db.run(.known(credential)), nil)
        case (let credential?, let limit?) where limit.isOfAddress:
            (known, standing) = try db.run(.known(credential), .counting(address).map { $0 })
        case (let credential?, let limit?):
            let counted = try db.run(
                .known(
                    credential, meeting: Requirement(access), countingFor: limit, perMinute: perMinute, else: address))
            (known, standing) = (counted.0, counted.1)
        }
        if let known, known.isStale { try db.run(known.touching) }
        return Found(caller: known?.caller, standing: standing)
    }

    /// - Throws: ``Problem`` 429 for one too many, 401 without a valid session or key, 403 when it may not do this.
    func check(_ found: Found) throws {
        try found.standing?.check()
        if let caller = found.caller {
            try Requirement(access).check(caller)
        } else if let credential {
            try Self.refuseUnknown(credential, on: access)
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
            // Only what works there is named.
            guard case .signedIn = access else { throw Problem(.unauthorized, "Sign in with a browser.") }
            throw Problem(
                .unauthorized, "Sign in, or send a personal API key: Authorization: Bearer bsk_...",
                fields: ["WWW-Authenticate": "Bearer realm=\"BitStockerz\""])
        }
        try checkOrigin(of: request, configuration)
        guard let token = Sessions.token(of: request) else { throw ended }
        return .session(Sessions.hash(token))
    }

    private static func refuseUnknown(_ credential: Credential, on access: Route.Access) throws {
        if case .visitor = access { return }
        switch credential {
        case .key: throw APIKeys.unauthorized("The API key is unknown, expired or revoked.")
        case .session: throw ended
        }
    }

    static let ended = Problem(
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
        guard request.body.isEmpty || request.mediaType.map(noFormSends) == true else {
            throw Problem(.unsupportedMediaType, "Send the body as application/json.")
        }
    }

    /// What a form cannot send: JSON, and the mere bytes of a file. Which of them it is to be is the route's to say.
    private static func noFormSends(_ type: String) -> Bool {
        type == "application/json" || type == Route.bytesType
    }
}
