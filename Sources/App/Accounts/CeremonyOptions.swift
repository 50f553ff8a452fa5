import Crypto
import HTTP
import JSON
import WebAuthn

/// A passkey by its name for browsers.
struct PasskeyDescriptor: Sendable, Equatable {
    let id: [UInt8]
    let transports: [String]

    static let form = Form<PasskeyDescriptor>.object([
        .member("type", .word("public-key")) { _ in "public-key" }, .member("id", .base64URL, \.id),
        .member("transports", .list(of: .text), \.transports),
    ])
}

extension PasskeyDescriptor {
    static let maximumListed = 10

    /// Passkeys that nobody has, for an email that nobody has: always the same for the same one, so that asking twice
    /// tells nothing, and of the kinds that real ones are (WebAuthn 14.6.2).
    ///
    /// - Parameter key: known to this installation alone.
    static func standIns(for email: String, key: [UInt8]) -> [PasskeyDescriptor] {
        let email = Array(email.lowercased().utf8)
        let shape = hmacSHA256(key: key, [0] + email)
        return (0..<(shape[0] < 176 ? 1 : 2)).map { index in
            let kind = kinds[Int(shape[1 + index]) % kinds.count]
            let id =
                hmacSHA256(key: key, [UInt8(index + 1)] + email) + hmacSHA256(key: key, [UInt8(index + 101)] + email)
            return PasskeyDescriptor(id: Array(id.prefix(kind.length)), transports: kind.transports)
        }
    }

    /// As the large makers of authenticators do it today.
    private static let kinds: [(length: Int, transports: [String])] = [
        (20, ["hybrid", "internal"]), (32, ["hybrid", "internal"]), (16, ["hybrid", "internal"]), (32, ["internal"]),
        (48, ["usb"]), (64, ["nfc", "usb"]),
    ]
}

/// What the page hands to `navigator.credentials`, in the form of the standard's `...OptionsJSON`.
enum CeremonyOptions {
    static let relyingPartyName = "BitStockerz"
    static let algorithms = COSEAlgorithm.recommended

    /// For a passkey that is yet to be made.
    struct Creation: Sendable {
        let userHandle: [UInt8]
        let name: String
        let displayName: String
        /// Those that the user has already: an authenticator makes no second one.
        let excluded: [PasskeyDescriptor]
        let challenge: [UInt8]
        let relyingPartyID: String
        let asksForAttestation: Bool

        private enum Attestation: String, CaseIterable { case direct, none }

        static let answer = Answer(
            200, "For navigator.credentials.create", .object("public_key", form.named("PasskeyCreationOptions")))

        private static let form = Form<Creation>.object([
            .member(
                "rp",
                .object([
                    .member("id", .text, \.relyingPartyID), .member("name", .text) { _ in relyingPartyName },
                ])
            ) { $0 },
            .member(
                "user",
                .object([
                    .member("id", .base64URL, \.userHandle), .member("name", .text, \.name),
                    .member("displayName", .text, \.displayName),
                ])
            ) { $0 }, .member("challenge", .base64URL, \.challenge),
            .member("pubKeyCredParams", .list(of: algorithm)) { _ in algorithms },
            .member("timeout", .integer) { _ in Challenges.timeoutSeconds * 1_000 },
            .member("excludeCredentials", .list(of: PasskeyDescriptor.form), \.excluded),
            .member(
                "authenticatorSelection",
                .object([
                    .member("residentKey", .word("required")) { _ in "required" },
                    .member("requireResidentKey", .flag) { _ in true },
                    .member("userVerification", .word("required")) { _ in "required" },
                ])
            ) { $0 },
            .member("attestation", .choice()) { $0.asksForAttestation ? Attestation.direct : .none },
            .member("extensions", .object([.member("credProps", .flag) { _ in true }])) { $0 },
        ])

        private static let algorithm = Form<COSEAlgorithm>.object([
            .member("type", .word("public-key")) { _ in "public-key" }, .member("alg", .integer) { Int($0.rawValue) },
        ])
    }

    /// For a passkey that is there.
    struct Use: Sendable {
        /// Those that will do; any when there are none.
        let allowed: [PasskeyDescriptor]
        let challenge: [UInt8]
        let relyingPartyID: String

        static let answer = Answer(
            200, "For navigator.credentials.get", .object("public_key", form.named("PasskeyUseOptions")))

        private static let form = Form<Use>.object([
            .member("challenge", .base64URL, \.challenge),
            .member("timeout", .integer) { _ in Challenges.timeoutSeconds * 1_000 },
            .member("rpId", .text, \.relyingPartyID),
            .member("allowCredentials", .list(of: PasskeyDescriptor.form), \.allowed),
            .member("userVerification", .word("required")) { _ in "required" },
        ])
    }
}

extension Response {
    /// With the cookie that binds a ceremony to its browser.
    consuming func bound(to browser: String) -> Response {
        var response = self
        response.set(Challenges.cookie(browser))
        return response
    }

    /// With the cookie of a session, and without the one of the ceremony that opened it.
    consuming func signedIn(_ started: Sessions.Started) -> Response {
        var response = self
        response.set(Sessions.cookie(started.token, started.session.kind))
        response.set(.removal(of: Challenges.cookieName))
        return response
    }

    /// With an end to the browser's session.
    consuming func signedOut() -> Response {
        var response = self
        response.set(.removal(of: Sessions.cookieName))
        return response
    }
}
