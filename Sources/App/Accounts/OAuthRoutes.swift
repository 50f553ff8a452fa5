import Crypto
import HTTP
import JSON
import Postgres

/// `/api/auth/oauth/…` and `/api/me/oauth/…`: signing in with an account elsewhere, and linking one.
///
/// A browser comes here by itself, not by a script: whatever goes wrong is told by the page at `/sign-in?error=CODE`,
/// and no address we send anybody to holds a code or token.
enum OAuthRoutes {
    static let start = Route(
        method: .get, path: "/api/auth/oauth/{provider}/start", access: .open,
        about: "Sends the browser to the provider; for a link on the page, not for a script.",
        parameters: [
            provider,
            .query("return_to", .text, "The page to show afterwards, an address of this site such as /markets"),
            .query("invitation", .text, "The token of an invitation, where signing up needs one"),
        ],
        answers: [away], limit: .signIn, failsOnPage: true,
        handler: .outbound { call, database, outbound in
            var mistakes = call.queryMistakes
            let returnTo = localAddress(call.request.query["return_to"], &mistakes)
            try mistakes.check()
            try refuseOtherSites(call.request)
            let begun = try begin(
                call, .signIn, returnTo: returnTo, invitation: call.request.query["invitation"], &database)
            return redirect(to: outbound.identities.address(begun.request), with: begun.cookie)
        })

    static let callback = Route(
        method: .get, path: "/api/auth/oauth/{provider}/callback", access: .open,
        about: """
            Where Google sends the browser back to. Ends with a session, or at /sign-in?error=CODE, with a code of the \
            catalog or \(OAuthReturn.Failure.allCases.map(\.rawValue).joined(separator: ", ")).
            """,
        parameters: [provider]
            + ["state", "code", "iss", "error"].map { .query($0, .text, "As the provider sends it") },
        answers: [away], limit: .signIn, failsOnPage: true,
        handler: .outbound { call, database, outbound in
            try OAuthReturn(call, call.request.query).finish(&database, outbound.identities)
        })

    static let formCallback = Route(
        method: .post, path: "/api/auth/oauth/{provider}/callback", access: .open,
        about: "The same for Apple, which has the browser post a form.", parameters: [provider],
        answers: [away], limit: .signIn, failsOnPage: true,
        handler: .outbound { call, database, outbound in
            guard call.request.mediaType == "application/x-www-form-urlencoded",
                let text = String(validating: call.request.body, as: UTF8.self), let form = try? QueryItems(text)
            else { throw Problem(.validationError) }
            return try OAuthReturn(call, form).finish(&database, outbound.identities)
        })

    static let link = Route(
        method: .post, path: "/api/me/oauth/{provider}", access: .session(confirmed: true),
        about: "Begins linking an account elsewhere to the signed-in user: send the browser to the address it answers.",
        parameters: [provider], body: .object([("return_to?", .text)]),
        answers: [
            .init(
                status: 200, about: "Where to send the browser",
                schema: .object([("authorization_url", .formatted("uri"))]))
        ],
        errors: [.validationError, .notFound, .unsupportedMediaType, .payloadTooLarge],
        handler: .outbound { call, database, outbound in
            var body = try ObjectReader(body: call.request)
            let returnTo = localAddress(body.string("return_to", 1...500, required: false), &body.mistakes)
            body.refuseUnknown()
            try body.mistakes.check()
            let begun = try begin(call, .link(sessionID: call.session().id), returnTo: returnTo, &database)
            var response = Response.json { json in
                json.object { $0.member("authorization_url", outbound.identities.address(begun.request)) }
            }
            response.set(begun.cookie)
            return response
        })

    static let unlink = Route(
        method: .delete, path: "/api/me/oauth/{provider}", access: .session(confirmed: true),
        about: "Unlinks an account elsewhere, but never the last way in.", parameters: [provider],
        answers: [.init(status: 204, about: "It is no way in any more", schema: .anything)],
        errors: [.notFound, .conflict],
        handler: .database { call, db in
            let userID = try call.userID()
            guard let provider = IdentityProvider(rawValue: call.parameter("provider")) else { throw notFound }
            try db.transaction { db in
                guard try db.lockUser(userID) else { throw Problem(.unauthorized) }
                let ways = try db.waysIn(of: userID)
                guard try db.deleteIdentity(of: userID, at: provider) else {
                    throw Problem(.notFound, "You have linked no account of this provider.")
                }
                guard ways > 1 else {
                    throw Problem(.conflict, "This is your last way in. Add a passkey before you unlink it.")
                }
                try call.audit(.identityUnlinked, ["provider": .string(provider.rawValue)], in: &db)
            }
            return .noContent
        })

    private static let provider = Route.Parameter.path(
        "provider", .oneOf(IdentityProvider.allCases.map(\.rawValue)), "Whose account")
    private static let away = Route.Answer(
        status: 303, about: "Off to another page", schema: .anything, type: "text/html")
    private static let notFound = Problem(.notFound, "This installation does not sign anybody in there.")

    /// Remembers who is sent away and what for.
    private static func begin(
        _ call: Call, _ intent: PendingSignIn.Intent, returnTo: String?, invitation: String? = nil,
        _ database: inout Database
    ) throws -> (request: AuthorizationRequest, cookie: Cookie) {
        guard let provider = IdentityProvider(rawValue: call.parameter("provider")),
            call.configuration.provider(provider) != nil, let origin = call.configuration.origin(of: call.request)
        else { throw notFound }
        let request = AuthorizationRequest(
            provider: provider, redirectURI: redirectURI(origin, provider), state: Sessions.newToken(),
            nonce: Sessions.newToken(), codeVerifier: Sessions.newToken())
        let browser = Sessions.newToken()
        let pending = PendingSignIn(
            provider: provider, intent: intent, nonce: request.nonce, codeVerifier: request.codeVerifier,
            invitationHash: invitation.map(Sessions.hash), returnTo: returnTo)
        try database.use { db in try db.insertPendingSignIn(pending, state: request.state, browser: browser) }
        return (request, OAuthReturn.cookie(browser))
    }

    /// A page elsewhere that sends a browser here would replace the cookie of a sign-in under way.
    private static func refuseOtherSites(_ request: Request) throws {
        let site = request.fields["Sec-Fetch-Site"]
        guard site == nil || site == "same-origin" || site == "none" else {
            throw Problem(.forbidden, "Begin on the sign-in page.")
        }
    }

    /// Exactly what an operator registers with the provider.
    static func redirectURI(_ origin: String, _ provider: IdentityProvider) -> String {
        "\(origin)/api/auth/oauth/\(provider.rawValue)/callback"
    }

    static func redirect(to address: String, with cookie: Cookie? = nil) -> Response {
        // 303: whatever the browser came with, it goes on with a GET.
        var response = Response(status: 303, fields: ["Location": address])
        if let cookie { response.set(cookie) }
        return response
    }

    /// The sign-in page, which tells the person what a code means.
    static func page(_ origin: String, error code: String) -> Response {
        redirect(to: "\(origin)/sign-in?error=\(code)", with: .removal(of: OAuthReturn.cookieName))
    }
}

extension Configuration {
    /// The configured origin at which a browser sees this site. Its own word is good only for choosing among several.
    func origin(of request: Request) -> String? {
        guard let origins = relyingParty?.origins else { return nil }
        let host = request.fields["Host"] ?? ""
        return origins.first { $0 == "https://" + host || $0 == "http://" + host } ?? origins.first
    }
}

/// An address within this site: a path, perhaps with a query, that no browser takes for another host.
private func localAddress(_ text: String?, _ mistakes: inout Mistakes) -> String? {
    guard let text else { return nil }
    let isLocal =
        text.utf8.count <= 500 && text.utf8.first == UInt8(ascii: "/")
        && text.utf8.dropFirst().first != UInt8(ascii: "/")
        && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
    if !isLocal { mistakes.add("return_to", "INVALID_FORMAT", "return_to must be an address of this site.") }
    return text
}
