import HTTP
import JSON
import Postgres

/// `/api/auth/oauth/…` and `/api/me/oauth/…`: signing in with an account elsewhere, and linking one.
///
/// A browser comes here by itself, not by a script: whatever goes wrong is told by the page at `/sign-in?error=CODE`,
/// and no address we send anybody to holds a code or token.
enum OAuthRoutes {
    static let start = Route.outbound(
        .get, "/api/auth/oauth/{provider}/start", .open,
        "Sends the browser to the provider; for a link on the page, not for a script.",
        takes: Field<(IdentityProvider, String?, String?)>.group(
            .provider,
            .query(
                optional: "return_to", Form<String>.localAddress,
                "The page to show afterwards, an address of this site such as /markets"),
            .query(
                optional: "invitation", Form<String>.text(1...100),
                "The token of an invitation, where signing up needs one")
        ) { ($1, $2, $3) },
        answers: [away], errors: [.forbidden], limit: .signIn, failsOnPage: true
    ) { call, database, outbound, input in
        try refuseOtherSites(call.request)
        let begun = try begin(call, input.0, .signIn, returnTo: input.1, invitation: input.2, &database)
        return redirect(to: outbound.identities.address(begun.request), with: begun.cookie)
    }

    static let callback = Route.outbound(
        .get, "/api/auth/oauth/{provider}/callback", .open,
        """
        Where Google sends the browser back to. Ends with a session, or at /sign-in?error=CODE, with a code of the catalog \
        or \(OAuthReturn.Failure.allCases.map(\.rawValue).joined(separator: ", ")).
        """,
        takes: Field<(IdentityProvider, [String: String])>.group(.provider, .providersQuery) { ($1, $2) },
        answers: [away], errors: [.conflict], limit: .signIn, failsOnPage: true
    ) { call, database, outbound, input in
        try OAuthReturn(call, input.0, input.1).finish(&database, outbound.identities)
    }

    static let formCallback = Route.outbound(
        .post, "/api/auth/oauth/{provider}/callback", .open, "The same for Apple, which has the browser post a form.",
        takes: Field<(IdentityProvider, [String: String])>.group(.provider, .providersForm) { ($1, $2) },
        answers: [away], errors: [.conflict], limit: .signIn, failsOnPage: true
    ) { call, database, outbound, input in
        try OAuthReturn(call, input.0, input.1).finish(&database, outbound.identities)
    }

    private static let address = Answer(
        200, "Where to send the browser", .object("authorization_url", Form<String>.uri))

    static let link = Route.outbound(
        .post, "/api/me/oauth/{provider}", .session(confirmed: true),
        "Begins linking an account elsewhere to the signed-in user: send the browser to the address it answers.",
        takes: Field<(IdentityProvider, String?)>.group(
            .provider, .body(optional: "return_to", Form<String>.localAddress, "The page to show afterwards")
        ) { ($1, $2) }, answers: [address]
    ) { call, database, outbound, input in
        let begun = try begin(call, input.0, .link(sessionID: call.session().id), returnTo: input.1, &database)
        var response = address(outbound.identities.address(begun.request))
        response.set(begun.cookie)
        return response
    }

    private static let unlinked = PlainAnswer.nothing("It is no way in any more")

    static let unlink = Route.outbound(
        .delete, "/api/me/oauth/{provider}", .session(confirmed: true),
        "Unlinks an account elsewhere, but never the last way in.", takes: .provider, answers: [unlinked],
        errors: [.conflict]
    ) { call, database, _, provider in
        let userID = try call.userID()
        try database.use { db in
            try db.transaction(opening: .lockingCaller(userID), .waysIn(of: userID)) { db, _, ways in
                guard try db.run(.deletingIdentity(of: userID, at: provider)) == 1 else {
                    throw Problem(.notFound, "You have linked no account of this provider.")
                }
                guard ways > 1 else {
                    throw Problem(.conflict, "This is your last way in. Add a passkey before you unlink it.")
                }
                try call.audit(.identityUnlinked, ["provider": .string(provider.rawValue)], in: &db)
            }
        }
        return .noContent
    }

    private static let away = PlainAnswer.elsewhere("Off to another page")
    fileprivate static let notFound = Problem(.notFound, "This installation does not sign anybody in there.")

    /// The origin at which a browser sees us that signs in with a provider.
    ///
    /// - Throws: ``Problem`` 404 for a provider that is not configured.
    static func origin(for provider: IdentityProvider, _ call: Call) throws -> String {
        guard call.configuration.provider(provider) != nil, let origin = call.configuration.origin(of: call.request)
        else { throw notFound }
        return origin
    }

    /// Remembers who is sent away and what for.
    private static func begin(
        _ call: Call, _ provider: IdentityProvider, _ intent: PendingSignIn.Intent, returnTo: String?,
        invitation: String? = nil, _ database: inout Database
    ) throws -> (request: AuthorizationRequest, cookie: Cookie) {
        let origin = try origin(for: provider, call)
        let request = AuthorizationRequest(
            provider: provider, redirectURI: redirectURI(origin, provider), state: Sessions.newToken(),
            nonce: Sessions.newToken(), codeVerifier: Sessions.newToken())
        let browser = Sessions.newToken()
        let pending = PendingSignIn(
            provider: provider, intent: intent, nonce: request.nonce, codeVerifier: request.codeVerifier,
            invitationHash: invitation.map(Sessions.hash), returnTo: returnTo)
        _ = try database.use { db in
            try Sessions.referring { try db.run(.inserting(pending, state: request.state, browser: browser)) }
        }
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

extension Form where Content == String {
    /// An address within this site: a path, perhaps with a query, that no browser takes for another host.
    static let localAddress = text(
        .text(length: 1...500, pattern: TextPatterns.localAddress), "an address of this site", write: { $0 },
        parse: { text in
            let isLocal =
                text.utf8.count <= 500 && text.utf8.first == UInt8(ascii: "/")
                && text.utf8.dropFirst().first != UInt8(ascii: "/")
                && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
            return isLocal ? text : nil
        })
}

extension Field where Content == IdentityProvider {
    fileprivate static let provider = path(
        "provider", "Whose account", else: OAuthRoutes.notFound, code: .notFound)
}

extension Field where Content == [String: String] {
    /// What a provider has the browser bring in the address.
    fileprivate static let providersQuery = Field(
        parts: ["state", "code", "iss", "error"].map { name in
            FieldPart(
                name: name, place: .query, schema: Form<String>.text.schema, isRequired: false,
                about: "As the provider sends it")
        }
    ) { reader in
        let answer = try OAuthRoutes.answer(in: reader.call.request.query)
        // Providers add parameters of their own.
        reader.mistakes = Mistakes()
        return answer
    }

    /// What a provider has the browser post, as a form.
    fileprivate static let providersForm = Field(parts: []) { reader in
        let request = reader.call.request
        guard request.mediaType == "application/x-www-form-urlencoded",
            let text = String(validating: request.body, as: UTF8.self), let form = try? QueryItems(text)
        else { throw Problem(.validationError) }
        return try OAuthRoutes.answer(in: form)
    }
}

extension OAuthRoutes {
    /// - Throws: ``Problem`` when one of the parameters that mean something comes twice (RFC 6749, 3.1).
    fileprivate static func answer(in parameters: QueryItems) throws -> [String: String] {
        let known = ["state", "code", "iss", "error", "user"]
        guard parameters.duplicates.allSatisfy({ !known.contains($0) }) else { throw Problem(.validationError) }
        return Dictionary(uniqueKeysWithValues: known.compactMap { name in parameters[name].map { (name, $0) } })
    }
}
