import Crypto
import JSON

/// What a browser does for our page: keeps cookies, says where a request comes from, and asks an authenticator.
public final class TestBrowser {
    /// Sends one request: method, target, header fields, body.
    public typealias Transport = (String, String, [(String, String)], [UInt8]?) throws -> HTTPClient.Answer

    public let origin: String
    public var userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    public private(set) var cookies: [String: String] = [:]
    /// Everything that passed through here and must be in no log.
    public private(set) var secrets: Set<String> = []
    private var crossSiteCookies: Set<String> = []
    private let transport: Transport

    public init(origin: String, _ transport: @escaping Transport) {
        self.origin = origin
        self.transport = transport
    }

    /// Over a real server, from its own address.
    public convenience init(_ client: HTTPClient) {
        self.init(origin: "http://localhost:\(client.port)") { method, target, fields, body in
            try client.send(method, target, body: body, fields: fields)
        }
    }

    /// Another browser with the same cookies, as a thief would have it.
    public func copy() -> TestBrowser {
        let copy = TestBrowser(origin: origin, transport)
        copy.cookies = cookies
        copy.crossSiteCookies = crossSiteCookies
        return copy
    }

    @discardableResult
    public func send(
        _ method: String, _ target: String, _ body: Value? = nil, origin: String?? = .none, site: String? = nil,
        fields more: [(String, String)] = []
    ) throws -> HTTPClient.Answer {
        var fields = [("User-Agent", userAgent)] + more
        let sender = origin ?? self.origin
        if method != "GET", let sender { fields.append(("Origin", sender)) }
        if let site = site ?? (sender == self.origin ? "same-origin" : nil) { fields.append(("Sec-Fetch-Site", site)) }
        if !cookies.isEmpty {
            let pairs = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            fields.append(("Cookie", pairs.joined(separator: "; ")))
        }
        if body != nil { fields.append(("Content-Type", "application/json")) }
        let answer = try transport(method, target, fields, body?.bytes)
        for field in answer.fields where field.name.lowercased() == "set-cookie" { keep(field.value) }
        if let body { note(body) }
        if let json = answer.json { note(json) }
        return answer
    }

    /// Follows a link or redirect, or posts a form, as a browser does on its way from page to page.
    ///
    /// - Parameter site: from where, as the browser tells it: `cross-site` when another site sends it here.
    @discardableResult
    public func navigate(
        _ target: String, form: [(name: String, value: String)]? = nil, from site: String = "same-origin"
    ) throws -> HTTPClient.Answer {
        var fields = [("User-Agent", userAgent), ("Sec-Fetch-Site", site)]
        // A cookie goes along with a form from elsewhere only if it was made for that.
        let sent = cookies.filter { form == nil || site != "cross-site" || crossSiteCookies.contains($0.key) }
        if !sent.isEmpty {
            fields.append(
                ("Cookie", sent.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")))
        }
        var body: [UInt8]?
        if let form {
            if site == "cross-site" { fields.append(("Origin", "https://appleid.apple.com")) }
            fields.append(("Content-Type", "application/x-www-form-urlencoded"))
            body = Array(form.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&").utf8)
        }
        let answer = try transport(form == nil ? "GET" : "POST", target, fields, body)
        for field in answer.fields where field.name.lowercased() == "set-cookie" { keep(field.value) }
        return answer
    }

    private func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + hex([byte])
        }.joined()
    }

    // MARK: Ceremonies. Each gives the answer to its last request.

    public func signUp(
        _ email: String, _ authenticator: SoftwareAuthenticator, invitation: String? = nil, name: String? = nil
    ) throws -> HTTPClient.Answer {
        var wish: Object = ["email": .string(email)]
        if let invitation { wish["invitation"] = .string(invitation) }
        let options = try send("POST", "/api/auth/webauthn/register/options", .object(wish))
        guard options.status == 200 else { return options }
        var answer: Object = ["credential": try authenticator.create(options.object?["public_key"])]
        if let name { answer["name"] = .string(name) }
        return try send("POST", "/api/auth/webauthn/register/verify", .object(answer))
    }

    public func addPasskey(_ authenticator: SoftwareAuthenticator, name: String? = nil) throws -> HTTPClient.Answer {
        let options = try send("POST", "/api/auth/webauthn/register/options", [:])
        guard options.status == 200 else { return options }
        var answer: Object = ["credential": try authenticator.create(options.object?["public_key"])]
        if let name { answer["name"] = .string(name) }
        return try send("POST", "/api/auth/webauthn/register/verify", .object(answer))
    }

    public func signIn(
        _ authenticator: SoftwareAuthenticator, email: String? = nil, with passkey: SoftwareAuthenticator.Passkey? = nil
    ) throws -> HTTPClient.Answer {
        let options = try send(
            "POST", "/api/auth/webauthn/login/options", email.map { ["email": .string($0)] } ?? [:])
        guard options.status == 200 else { return options }
        let credential = try authenticator.get(options.object?["public_key"], with: passkey)
        return try send("POST", "/api/auth/webauthn/login/verify", ["credential": credential])
    }

    public func confirm(_ authenticator: SoftwareAuthenticator) throws -> HTTPClient.Answer {
        let options = try send("POST", "/api/auth/reauthenticate/options", [:])
        guard options.status == 200 else { return options }
        let credential = try authenticator.get(options.object?["public_key"])
        return try send("POST", "/api/auth/reauthenticate/verify", ["credential": credential])
    }

    private func keep(_ field: String) {
        let pair = field.prefix { $0 != ";" }
        guard let equals = pair.firstIndex(of: "=") else { return }
        let name = String(pair[..<equals]), value = String(pair[pair.index(after: equals)...])
        if field.contains("SameSite=None") { crossSiteCookies.insert(name) }
        if value.isEmpty { cookies[name] = nil } else { cookies[name] = value }
        if !value.isEmpty { secrets.insert(value) }
    }

    /// The members that are secret wherever they stand.
    private static let secretNames: Set = [
        "challenge", "signature", "clientDataJSON", "attestationObject", "authenticatorData", "code", "key",
        "invitation",
        "recovery_codes",
    ]

    private func note(_ value: Value, named name: String = "") {
        switch value {
        case .string(let text): if Self.secretNames.contains(name), text.count >= 16 { secrets.insert(text) }
        case .array(let items): for item in items { note(item, named: name) }
        case .object(let object): for member in object.members { note(member.value, named: member.name) }
        default: break
        }
    }
}

extension HTTPClient.Answer {
    /// The code of the first field error.
    public var fieldCode: String? {
        object?["field_errors"]?.arrayValue?.first?.objectValue?["code"]?.stringValue
    }
    /// The profile in an answer to a ceremony.
    public var user: Object? { object?["user"]?.objectValue }
}
