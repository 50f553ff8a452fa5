public import App
import Crypto
import Daemon
import HTTP
import HTTPClient
import JSON
import System

/// The configured providers, asked by OpenID Connect's code flow. Belongs to one process, and keeps between sign-ins
/// only open connections, the providers' public keys and Apple's client secret.
///
/// ```swift
/// let providers = OpenIDConnect(configuration, log: log)
/// let address = providers.address(request)
/// // The browser goes there, and comes back with an answer.
/// let identity = try providers.identity(request, answer: answer)
/// ```
public final class OpenIDConnect: IdentityProviders {
    /// Milliseconds for everything that is asked of a provider for one sign-in.
    private static let budgetMilliseconds = 12_000

    private var providers: [IdentityProvider: Provider] = [:]
    private var client: Client
    private let log: Log
    /// Seconds, never going back.
    private let clock: () -> Int

    public convenience init(_ configuration: Configuration, log: Log) {
        self.init(configuration, log: log) { Int(SystemClock.monotonicNanoseconds() / 1_000_000_000) }
    }

    init(_ configuration: Configuration, log: Log, clock: @escaping () -> Int) {
        client = Client(allowsLoopback: configuration.environment != .production)
        self.log = log
        self.clock = clock
        for settings in configuration.providers { providers[settings.provider] = Provider(settings) }
    }

    public func address(_ request: AuthorizationRequest) -> String {
        guard let provider = providers[request.provider] else {
            preconditionFailure("\(request.provider) is not configured")
        }
        return provider.authorizationURL(request)
    }

    public func identity(
        _ request: AuthorizationRequest, answer: [String: String]
    ) throws(IdentityRefusal) -> Identity {
        guard let provider = providers[request.provider] else {
            throw IdentityRefusal(.unavailable, "not configured")
        }
        do { return try identity(request, answer: answer, at: provider) } catch {
            if error.kind != .cancelled {
                log.warning(
                    "nobody identified",
                    ["provider": .string(request.provider.rawValue), "reason": .string(error.reason)])
            }
            throw error
        }
    }

    private func identity(
        _ request: AuthorizationRequest, answer: [String: String], at provider: Provider
    ) throws(IdentityRefusal) -> Identity {
        let deadline = Deadline(milliseconds: Self.budgetMilliseconds)
        let code = try provider.code(in: answer)
        let tokens = try provider.tokens(
            from: send(provider.tokenRequest(request, code: code, now: Self.now()), of: request.provider, deadline))
        let token: IDToken
        do {
            token = try IDToken(tokens.idToken, provider.expectation(request, tokens, now: Self.now())) { id in
                try key(id, of: provider, deadline)
            }
        } catch let error as IDTokenError {
            throw IdentityRefusal(.refused, "id token: \(error.rawValue)")
        } catch let refusal as IdentityRefusal {
            throw refusal
        } catch {
            throw IdentityRefusal(.unavailable, "\(error)")
        }
        if let message = provider.userInfoRequest(tokens) {
            try provider.checkUserInfo(send(message, of: request.provider, deadline), subject: token.subject)
        }
        return Identity(
            issuer: provider.settings.issuer, subject: token.subject, email: token.email,
            isEmailVerified: token.isEmailVerified, displayName: token.name ?? provider.name(in: answer))
    }

    /// The provider's key of that id, from the cache or, when it is time, from the provider.
    private func key(_ id: String, of provider: Provider, _ deadline: Deadline) throws -> PublicKey? {
        let name = provider.settings.provider
        return try provider.keys.key(id, now: clock()) {
            let answer = try send(HTTPClient.Request(provider.settings.keysEndpoint), of: name, deadline)
            guard answer.status == 200, let keys = KeySet(answer.body) else {
                // Said here as well: with older keys at hand the sign-in goes on.
                log.warning(
                    "no keys of a provider",
                    ["provider": .string(name.rawValue), "status": .number(Number(answer.status))])
                throw IdentityRefusal(.unavailable, "keys: \(answer.status)")
            }
            return KeySetCache.Fetched(keys: keys, maxAge: KeySetCache.maxAge(answer.fields["Cache-Control"]))
        }
    }

    private func send(
        _ message: HTTPClient.Request, of name: IdentityProvider, _ deadline: Deadline
    ) throws(IdentityRefusal) -> Response {
        let began = SystemClock.monotonicNanoseconds()
        do {
            let answer = try client.send(message, withinMilliseconds: Int(deadline.remainingMilliseconds))
            Meters.askedProvider(name, isAnswered: true, since: began)
            return answer
        } catch {
            Meters.askedProvider(name, isAnswered: false, since: began)
            log.warning(
                "provider not reached",
                [
                    "provider": .string(name.rawValue), "code": .string(error.code.rawValue),
                    "detail": .string(error.message),
                ])
            throw IdentityRefusal(.unavailable, error.code.rawValue)
        }
    }

    private static func now() -> Int { Int(SystemClock.unixMicroseconds() / 1_000_000) }
}
