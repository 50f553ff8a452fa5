import Crypto
import JSON
import System

extension TestProvider {
    /// Every way to go wrong, once.
    public enum Fault: String, CaseIterable, Sendable {
        case algNone = "alg-none"
        case algHS256 = "alg-hs256-with-public-key"
        case badSignature = "bad-signature"
        case unknownKid = "unknown-kid"
        case noKid = "no-kid"
        case embeddedJWK = "embedded-jwk"
        case wrongIss = "wrong-iss"
        case issSuffix = "iss-suffix"
        case wrongAud = "wrong-aud"
        case audListWithStranger = "aud-list-with-stranger"
        case wrongAzp = "wrong-azp"
        case expired
        case iatFuture = "iat-future"
        case noExp = "no-exp"
        case wrongNonce = "wrong-nonce"
        case noNonce = "no-nonce"
        case wrongAtHash = "wrong-at-hash"
        case noSub = "no-sub"
        case emptySub = "empty-sub"
        case emailUnverified = "email-unverified"
        case emailVerifiedString = "email-verified-string"
        case noEmail = "no-email"
        case truncated
        case fourParts = "four-parts"
        case critHeader = "crit-header"
        case duplicateClaims = "duplicate-claims"
        case otherSubInUserinfo = "other-sub-in-userinfo"
        case token500 = "token-500"
        case tokenSlow = "token-slow"
        case tokenHTML = "token-html"

        /// These say nothing about who it is: sign-in works, and the email counts as unproven.
        public var isAboutEmail: Bool { [.emailUnverified, .emailVerifiedString, .noEmail].contains(self) }
    }

    /// A key, and the tokens made with it.
    final class Signer {
        private let key = PrivateKey(.rsa(bits: 2048))
        private let keyID = base64URL(Random.bytes(6))

        var jwk: Object { Self.jwk(key.publicKey, id: keyID) }

        private static func jwk(_ key: PublicKey, id: String) -> Object {
            guard case .rsa(let modulus, let exponent) = key else { return [:] }
            return [
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id), "n": .string(base64URL(modulus)),
                "e": .string(base64URL(exponent)),
            ]
        }

        /// - Parameter now: Unix seconds.
        func idToken(issuer: String, _ grant: Grant, accessToken: String, now: Int, _ fault: Fault?) -> String {
            var claims: Object = [
                "iss": .string(issuer), "aud": .string(TestProvider.clientID), "azp": .string(TestProvider.clientID),
                "sub": .string(grant.subject), "iat": .number(Number(now)), "exp": .number(Number(now + 3_600)),
                "nonce": .string(grant.request["nonce"] ?? ""),
                "at_hash": .string(base64URL(Array(Digest.sha256(Array(accessToken.utf8)).prefix(16)))),
            ]
            if grant.provider == "apple" {
                claims["email"] = .string("\(grant.subject)@privaterelay.appleid.com")
                claims["is_private_email"] = "true"
            } else {
                claims["email"] = .string("\(grant.subject)@example.org")
                claims["name"] = "Ada Lovelace"
            }
            claims["email_verified"] = true
            var header: Object = ["alg": "RS256", "kid": .string(keyID), "typ": "JWT"]
            if let fault { spoil(&header, &claims, now, fault) }
            var payload = Value.object(claims).bytes
            if fault == .duplicateClaims { payload = payload.dropLast() + Array(#","sub":"mallory"}"#.utf8) }
            guard fault != .embeddedJWK else {
                let forger = PrivateKey(.rsa(bits: 2048))
                header["kid"] = "evil"
                header["jwk"] = .object(Self.jwk(forger.publicKey, id: "evil"))
                let text = Self.signedText(header, payload)
                return text + "." + base64URL(forger.sign(Array(text.utf8), .rsaPKCS1(.sha256))!)
            }
            let text = Self.signedText(header, payload)
            return text + "." + signature(text, fault)
        }

        private static func signedText(_ header: Object, _ payload: [UInt8]) -> String {
            base64URL(Value.object(header).bytes) + "." + base64URL(payload)
        }

        private func spoil(_ header: inout Object, _ claims: inout Object, _ now: Int, _ fault: Fault) {
            switch fault {
            case .algNone: header["alg"] = "none"
            case .algHS256: header["alg"] = "HS256"
            case .unknownKid: header["kid"] = "nobody"
            case .noKid: header["kid"] = nil
            case .critHeader:
                header["crit"] = .array(["x-unknown"])
                header["x-unknown"] = 1
            case .wrongIss: claims["iss"] = "https://evil.example"
            case .issSuffix: claims["iss"] = .string((claims["iss"]?.stringValue ?? "") + ".evil.example")
            case .wrongAud: claims["aud"] = "another-client"
            case .audListWithStranger: claims["aud"] = .array([.string(TestProvider.clientID), "stranger"])
            case .wrongAzp: claims["azp"] = "another-client"
            case .expired:
                claims["iat"] = .number(Number(now - 7_200))
                claims["exp"] = .number(Number(now - 3_600))
            case .iatFuture:
                claims["iat"] = .number(Number(now + 3_600))
                claims["exp"] = .number(Number(now + 7_200))
            case .noExp: claims["exp"] = nil
            case .wrongNonce: claims["nonce"] = "xxxxxxxxxxxxxxxxxxxxxx"
            case .noNonce: claims["nonce"] = nil
            case .wrongAtHash: claims["at_hash"] = .string(base64URL([UInt8](repeating: 0, count: 16)))
            case .noSub: claims["sub"] = nil
            case .emptySub: claims["sub"] = ""
            case .emailUnverified: claims["email_verified"] = false
            case .emailVerifiedString: claims["email_verified"] = "true"
            case .noEmail:
                claims["email"] = nil
                claims["email_verified"] = nil
            default: break
            }
        }

        private func signature(_ text: String, _ fault: Fault?) -> String {
            let message = Array(text.utf8)
            if fault == .algHS256, case .rsa(let modulus, _) = key.publicKey {
                return base64URL(hmacSHA256(key: modulus, message))
            }
            var signature = key.sign(message, .rsaPKCS1(.sha256))!
            switch fault {
            case .algNone: return ""
            case .badSignature: signature[signature.count - 1] ^= 1
            case .fourParts: return base64URL(signature) + ".x"
            case .truncated: return String(base64URL(signature).dropLast(20))
            default: break
            }
            return base64URL(signature)
        }
    }
}
