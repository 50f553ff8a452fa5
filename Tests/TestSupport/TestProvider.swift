import Crypto
import Foundation
import HTTP
import JSON
import System

/// A strict OpenID provider on loopback, Google-like under `/google` and Apple-like under `/apple`: it takes nothing that
/// it was not promised, and can be told to go wrong in every way of ``Fault``.
///
/// Its keys, tokens and clients are its own; the page that people see there is played by ``visit(_:as:agrees:)``.
public final class TestProvider: @unchecked Sendable {
    public static let clientID = "test-client"
    public static let clientSecret = "a-secret-that-is-in-no-log"
    public static let teamID = "TEAM123456"
    public static let keyID = "APPLEKEY01"

    /// What a browser takes along from the provider.
    public enum Return: Sendable {
        /// GET to this address.
        case redirect(String)
        /// POST of this form to this address.
        case form(String, [(name: String, value: String)])

        /// The parameters, however they travel.
        public var parameters: [(name: String, value: String)] {
            switch self {
            case .redirect(let address): (try? QueryItems(address.drop { $0 != "?" }.dropFirst()))?.items ?? []
            case .form(_, let items): items
            }
        }
    }

    public struct Refusal: Error, CustomStringConvertible { public let description: String }

    struct Grant {
        let provider: String
        let request: [String: String]
        let subject: String
    }

    private(set) public var server: LoopbackServer!
    private let lock = NSLock()
    private var faults: [Fault] = []
    private var grants: [String: Grant] = [:]
    private var subjects: [String: String] = [:]
    private var known: Set<String> = []
    var signer = Signer()
    /// The half of Apple's client key that Apple has.
    private let clientKey: PublicKey
    /// Everything secret that went over a wire.
    private(set) public var secrets: Set<String> = [TestProvider.clientSecret]

    /// - Parameter clientKey: PEM of the P-256 key that the client signs with.
    public init(clientKey pem: String) throws {
        guard let key = PrivateKey(pem: Array(pem.utf8)) else { throw Refusal(description: "no key") }
        clientKey = key.publicKey
        server = try LoopbackServer { [weak self] request in self?.answer(request) ?? [] }
    }

    /// What a product is told to use this provider.
    ///
    /// - Parameter keyFile: where the client's key is.
    public func environment(keyFile: String) -> [String: String] {
        var values = [
            "GOOGLE_CLIENT_SECRET": Self.clientSecret, "GOOGLE_USERINFO_ENDPOINT": server.url + "/google/userinfo",
            "APPLE_TEAM_ID": Self.teamID, "APPLE_KEY_ID": Self.keyID, "APPLE_PRIVATE_KEY_FILE": keyFile,
        ]
        for name in ["google", "apple"] {
            let prefix = name.uppercased() + "_", base = "\(server.url)/\(name)"
            values[prefix + "CLIENT_ID"] = Self.clientID
            values[prefix + "ISSUER"] = base
            values[prefix + "AUTHORIZATION_ENDPOINT"] = base + "/authorize"
            values[prefix + "TOKEN_ENDPOINT"] = base + "/token"
            values[prefix + "KEYS_ENDPOINT"] = base + "/keys"
        }
        return values
    }

    /// The next token request fails in this way.
    public func fail(_ fault: Fault) { lock.withLock { faults.append(fault) } }

    /// From now on tokens are signed with a new key, and the old one is published no more.
    public func rotate() { lock.withLock { signer = Signer() } }

    /// A person follows the address to the provider and agrees, or says no.
    ///
    /// - Throws: ``Refusal`` for an address that an honest client would not have made.
    public func visit(_ address: String, as subject: String, agrees: Bool = true) throws -> Return {
        let prefix = server.url + "/"
        guard address.hasPrefix(prefix), let query = try? QueryItems(address.drop { $0 != "?" }.dropFirst()) else {
            throw Refusal(description: "not our address: \(address)")
        }
        let provider = String(address.dropFirst(prefix.count).prefix { $0 != "/" })
        let request = Dictionary(query.items.map { ($0.name, $0.value) }) { first, _ in first }
        guard query.duplicates.isEmpty, request["client_id"] == Self.clientID, request["response_type"] == "code",
            request["code_challenge_method"] == "S256", request["code_challenge"]?.count == 43,
            let state = request["state"], state.count >= 22, let nonce = request["nonce"], nonce.count >= 22,
            let redirect = request["redirect_uri"], redirect.hasSuffix("/api/auth/oauth/\(provider)/callback"),
            (provider == "apple") == (request["response_mode"] == "form_post"),
            request["scope"]?.split(separator: " ").contains("openid") == true
        else { throw Refusal(description: "not a request: \(request.keys.sorted())") }
        return lock.withLock {
            var answer = [(name: "state", value: state)]
            if provider == "google" { answer.append(("iss", "\(server.url)/google")) }
            if agrees {
                let code = base64URL(Random.bytes(24))
                grants[code] = Grant(provider: provider, request: request, subject: subject)
                secrets.formUnion([code, state, nonce])
                answer.append(("code", code))
                if provider == "apple", known.insert(subject).inserted {
                    answer.append(
                        ("user", #"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"forged@example.org"}"#))
                }
            } else {
                answer.append(("error", provider == "apple" ? "user_cancelled_authorize" : "access_denied"))
            }
            if provider == "apple" { return .form(redirect, answer) }
            // Google adds parameters of its own.
            answer.append(("scope", "openid email profile"))
            return .redirect(
                redirect + "?" + answer.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&"))
        }
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    // MARK: Endpoints

    private func answer(_ request: String) -> [UInt8] {
        let end = request.range(of: "\r\n\r\n")?.lowerBound ?? request.endIndex
        let head = request[..<end].split(separator: "\r\n", omittingEmptySubsequences: false)
        let line = (head.first ?? "").split(separator: " ")
        let path = line.dropFirst().first.map(String.init) ?? ""
        let provider = String(path.dropFirst().prefix { $0 != "/" })
        let body = request[end...].drop { $0.isNewline }
        switch String(path.split(separator: "/").last ?? "") {
        case "keys":
            return lock.withLock {
                Self.response(200, ["keys": .array([.object(signer.jwk)])], "Cache-Control: max-age=3600\r\n")
            }
        case "token" where line.first == "POST": return token(provider, String(body))
        case "userinfo":
            let bearer = head.first { $0.lowercased().hasPrefix("authorization: bearer ") }?.dropFirst(22) ?? ""
            guard let subject = lock.withLock({ subjects[String(bearer)] }) else {
                return Self.refusal("invalid_token", 401)
            }
            return Self.response(200, ["sub": .string(subject), "email": .string("\(subject)@example.org")])
        default: return Self.refusal("not_found", 404)
        }
    }

    private func token(_ provider: String, _ body: String) -> [UInt8] {
        let fault = lock.withLock { faults.isEmpty ? nil : faults.removeFirst() }
        switch fault {
        case .token500: return Self.refusal("server_error", 500)
        case .tokenHTML:
            return Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>oops".utf8)
        case .tokenSlow:
            Thread.sleep(forTimeInterval: 8)
            // Nobody waits any more, and the process may be ending: there is no signature to be made.
            return Self.refusal("too_late", 503)
        default: break
        }
        let form = Dictionary(((try? QueryItems(body))?.items ?? []).map { ($0.name, $0.value) }) { first, _ in first }
        return lock.withLock {
            // Used up by the first who brings it, whatever else is wrong.
            guard let code = form["code"], let grant = grants.removeValue(forKey: code), grant.provider == provider,
                form["grant_type"] == "authorization_code", form["client_id"] == Self.clientID,
                form["redirect_uri"] == grant.request["redirect_uri"],
                base64URL(Digest.sha256(Array((form["code_verifier"] ?? "").utf8))) == grant.request["code_challenge"]
            else { return Self.refusal("invalid_grant") }
            let secret = form["client_secret"] ?? ""
            guard provider == "apple" ? isClientSecret(secret) : secret == Self.clientSecret else {
                return Self.refusal("invalid_client", 401)
            }
            let access = base64URL(Random.bytes(24))
            subjects[access] = fault == .otherSubInUserinfo ? "mallory" : grant.subject
            let token = signer.idToken(
                issuer: "\(server.url)/\(provider)", grant, accessToken: access, now: Int(Date().timeIntervalSince1970),
                fault)
            secrets.formUnion([access, token, secret, form["code_verifier"] ?? access])
            return Self.response(
                200,
                [
                    "access_token": .string(access), "token_type": "Bearer", "expires_in": 3599,
                    "id_token": .string(token),
                ])
        }
    }

    /// Apple's: a token that the team's key has signed, for at most six months.
    private func isClientSecret(_ text: String) -> Bool {
        let parts = text.split(separator: ".").map(String.init)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = bytes(base64URL: parts[2]), signature.count == 64,
            header["alg"] == "ES256", header["kid"] == .string(Self.keyID), claims["iss"] == .string(Self.teamID),
            claims["sub"] == .string(Self.clientID), claims["aud"] == .string("\(server.url)/apple"),
            let issued = claims["iat"]?.numberValue?.int, let expiry = claims["exp"]?.numberValue?.int,
            expiry - issued <= 15_777_000, expiry > Int(Date().timeIntervalSince1970)
        else { return false }
        let integers = [signature.prefix(32), signature.suffix(32)].flatMap { half -> [UInt8] in
            var integer = Array(half.drop { $0 == 0 })
            if integer.first.map({ $0 >= 0x80 }) ?? true { integer.insert(0, at: 0) }
            return [2, UInt8(integer.count)] + integer
        }
        let der = [0x30, UInt8(integers.count)] + integers
        return clientKey.verifies(der, of: Array("\(parts[0]).\(parts[1])".utf8), .ecdsa(.sha256))
    }

    private static func object(_ part: String) -> Object? {
        bytes(base64URL: part).flatMap { try? parse($0) }?.objectValue
    }

    private static func refusal(_ error: String, _ status: Int = 400) -> [UInt8] {
        response(status, ["error": .string(error)])
    }

    private static func response(_ status: Int, _ body: Object, _ fields: String = "") -> [UInt8] {
        let bytes = Value.object(body).bytes
        let head =
            "HTTP/1.1 \(status) Status\r\nContent-Type: application/json\r\nContent-Length: \(bytes.count)\r\n"
            + fields + "Connection: close\r\n\r\n"
        return Array(head.utf8) + bytes
    }
}
