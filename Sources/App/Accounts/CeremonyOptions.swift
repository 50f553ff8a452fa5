import Crypto
import HTTP
import JSON
import WebAuthn

/// A passkey by its name for browsers.
struct PasskeyDescriptor: Sendable, Equatable {
    let id: [UInt8]
    let transports: [String]

    func write(into json: inout Writer) {
        json.object { json in
            json.member("type", "public-key")
            json.member("id", base64URL(id))
            json.key("transports")
            json.array(transports) { $0.string($1) }
        }
    }
}

extension PasskeyDescriptor {
    static let mostListed = 10

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

    struct NewCredential {
        let userHandle: [UInt8]
        let name: String
        let displayName: String
        /// Those that the user has already: an authenticator makes no second one.
        let excluded: [PasskeyDescriptor]
    }

    static func creation(
        _ new: NewCredential, challenge: [UInt8], _ party: RelyingParty, _ configuration: Configuration
    ) -> Response {
        answer { json in
            json.key("rp")
            json.object { json in
                json.member("id", party.id)
                json.member("name", relyingPartyName)
            }
            json.key("user")
            json.object { json in
                json.member("id", base64URL(new.userHandle))
                json.member("name", new.name)
                json.member("displayName", new.displayName)
            }
            json.member("challenge", base64URL(challenge))
            json.key("pubKeyCredParams")
            json.array(algorithms) { json, algorithm in
                json.object { json in
                    json.member("type", "public-key")
                    json.member("alg", algorithm.rawValue)
                }
            }
            json.member("timeout", Challenges.timeoutSeconds * 1_000)
            json.key("excludeCredentials")
            json.array(new.excluded) { $1.write(into: &$0) }
            json.key("authenticatorSelection")
            json.object { json in
                json.member("residentKey", "required")
                json.member("requireResidentKey", true)
                json.member("userVerification", "required")
            }
            json.member("attestation", configuration.asksForAttestation ? "direct" : "none")
            json.key("extensions")
            json.object { $0.member("credProps", true) }
        }
    }

    static func request(allowed: [PasskeyDescriptor], challenge: [UInt8], _ party: RelyingParty) -> Response {
        answer { json in
            json.member("challenge", base64URL(challenge))
            json.member("timeout", Challenges.timeoutSeconds * 1_000)
            json.member("rpId", party.id)
            json.key("allowCredentials")
            json.array(allowed) { $1.write(into: &$0) }
            json.member("userVerification", "required")
        }
    }

    private static func answer(_ write: (inout Writer) -> Void) -> Response {
        .json(200, capacity: 1_024) { json in
            json.object { json in
                json.key("public_key")
                json.object(write)
            }
        }
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
