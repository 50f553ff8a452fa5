import App
import Crypto
import HTTPClient
import JSON

import struct HTTP.Response

/// One provider: what it is asked, and how its answers are read.
final class Provider {
    /// What the token endpoint gave for a code.
    struct Tokens: Equatable {
        let idToken: String
        let accessToken: String
    }

    let settings: ProviderSettings
    var keys = KeySetCache()
    private var appleSecret: AppleClientSecret?

    /// - Precondition: the settings' key is one of P-256, which the configuration has checked.
    init(_ settings: ProviderSettings) {
        self.settings = settings
        if case .signed(let teamID, let keyID, let privateKey) = settings.secret {
            appleSecret = AppleClientSecret(
                teamID: teamID, keyID: keyID, clientID: settings.clientID, audience: settings.issuer, pem: privateKey)
        }
    }

    private var isApple: Bool { settings.provider == .apple }

    /// Google's older tokens name it without the scheme, and its documentation still allows both.
    private var issuers: [String] {
        settings.issuer == "https://accounts.google.com"
            ? [settings.issuer, "accounts.google.com"] : [settings.issuer]
    }

    func authorizationURL(_ request: AuthorizationRequest) -> String {
        var items = [
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", request.redirectURI),
            ("scope", isApple ? "openid email name" : "openid email profile"), ("state", request.state),
            ("nonce", request.nonce),
            ("code_challenge", base64URL(Digest.sha256(Array(request.codeVerifier.utf8)))),
            ("code_challenge_method", "S256"),
        ]
        // Apple insists on it where it is asked for more than who somebody is.
        if isApple { items.append(("response_mode", "form_post")) }
        let separator = settings.authorizationEndpoint.contains("?") ? "&" : "?"
        return settings.authorizationEndpoint + separator + formEncoded(items.map { (name: $0.0, value: $0.1) })
    }

    /// The code that a browser brought.
    func code(in answer: [String: String]) throws(IdentityRefusal) -> String {
        // RFC 9207: whoever answers says who it is, so that no other provider's code is taken for this one's.
        if let issuer = answer["iss"], !issuers.contains(issuer) {
            throw IdentityRefusal(.refused, "another issuer answered")
        }
        if let error = answer["error"] {
            let isCancelled = error == "access_denied" || error == "user_cancelled_authorize"
            throw IdentityRefusal(
                isCancelled ? .cancelled : .refused, isCancelled ? "cancelled" : "the provider answered with an error")
        }
        guard let code = answer["code"], (1...2_048).contains(code.utf8.count) else {
            throw IdentityRefusal(.refused, "no code")
        }
        return code
    }

    /// - Parameter now: Unix seconds.
    func tokenRequest(_ request: AuthorizationRequest, code: String, now: Int) -> HTTPClient.Request {
        let secret =
            switch settings.secret {
            case .fixed(let secret): secret
            case .signed: appleSecret!.token(now: now)
            }
        return HTTPClient.Request(
            settings.tokenEndpoint,
            form: [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", request.redirectURI),
                ("client_id", settings.clientID), ("client_secret", secret), ("code_verifier", request.codeVerifier),
            ], fields: ["Accept": "application/json"])
    }

    func tokens(from answer: Response) throws(IdentityRefusal) -> Tokens {
        guard answer.status == 200 else {
            // Its own words may repeat what it was sent; the code alone is a word of the standard (RFC 6749, 5.2).
            let known = ["invalid_grant", "invalid_client", "invalid_request", "unauthorized_client"]
            let error = object(answer)?["error"]?.stringValue.flatMap { known.contains($0) ? $0 : nil }
            throw IdentityRefusal(
                (400..<500).contains(answer.status) ? .refused : .unavailable,
                "token endpoint: \(answer.status)" + (error.map { " \($0)" } ?? ""))
        }
        guard let object = object(answer) else { throw IdentityRefusal(.unavailable, "token endpoint: not JSON") }
        guard let idToken = object["id_token"]?.stringValue, let accessToken = object["access_token"]?.stringValue,
            (1...8_192).contains(accessToken.utf8.count),
            object["token_type"]?.stringValue?.lowercased() == "bearer"
        else { throw IdentityRefusal(.refused, "token endpoint: no tokens") }
        return Tokens(idToken: idToken, accessToken: accessToken)
    }

    func expectation(_ request: AuthorizationRequest, _ tokens: Tokens, now: Int) -> IDToken.Expectation {
        IDToken.Expectation(
            issuers: issuers, clientID: settings.clientID, nonce: request.nonce, accessToken: tokens.accessToken,
            now: now, takesVerifiedAsText: isApple)
    }

    /// Nil where the provider has no such endpoint.
    func userInfoRequest(_ tokens: Tokens) -> HTTPClient.Request? {
        guard let endpoint = settings.userInfoEndpoint else { return nil }
        return HTTPClient.Request(
            endpoint, fields: ["Authorization": "Bearer " + tokens.accessToken, "Accept": "application/json"])
    }

    /// The access token must be of the same person as the ID token (OpenID Connect Core, 5.3.4).
    func checkUserInfo(_ answer: Response, subject: String) throws(IdentityRefusal) {
        guard answer.status == 200, let object = object(answer) else {
            throw IdentityRefusal(
                (400..<500).contains(answer.status) ? .refused : .unavailable, "userinfo: \(answer.status)")
        }
        guard object["sub"] == .string(subject) else { throw IdentityRefusal(.refused, "userinfo: another subject") }
    }

    /// The name in Apple's form field `user`, which comes at the first consent only. Unsigned: good for nothing but
    /// to be called by.
    func name(in answer: [String: String]) -> String? {
        guard isApple, let text = answer["user"],
            let value = try? parse(Array(text.utf8), limits: ParseLimits(maxBytes: 4_096, maxDepth: 4)),
            let name = value.objectValue?["name"]?.objectValue
        else { return nil }
        let parts = ["firstName", "lastName"].compactMap { name[$0]?.stringValue }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private func object(_ answer: Response) -> Object? {
        (try? parse(answer.body, limits: ParseLimits(maxBytes: 65_536, maxDepth: 8)))?.objectValue
    }
}
