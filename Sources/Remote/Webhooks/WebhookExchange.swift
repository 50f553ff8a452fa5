public import App
import HTTP
import HTTPClient

/// Posts to the servers of webhooks. They are strangers: what they answer is bounded in time and size and not looked at but
/// for its status, redirects are not followed, and where they lead to is looked at when the connection is made.
public struct WebhookExchange: WebhookServers {
    private let limits: Limits
    private let destinations: Destinations
    private let allowsLoopback: Bool

    /// As the installation's configuration says.
    public init(_ configuration: Configuration) {
        self.init(
            Limits(connectMilliseconds: 4_000, totalMilliseconds: 10_000),
            isPrivateAllowed: configuration.webhookPrivateAddresses == .allow,
            allowsLoopback: configuration.environment != .production)
    }

    /// - Parameter allowsLoopback: also plain HTTP to this very machine, where private addresses are allowed.
    init(_ limits: Limits, isPrivateAllowed: Bool, allowsLoopback: Bool) {
        self.limits = limits
        destinations = isPrivateAllowed ? .anywhere : .publicInternet
        self.allowsLoopback = isPrivateAllowed && allowsLoopback
    }

    private func client() -> Client { Client(limits, allowsLoopback: allowsLoopback, to: destinations) }

    public func check(_ url: String) throws(WebhookError) {
        var client = client()
        do throws(ExchangeError) { try client.check(url) } catch { throw WebhookError(sentence(error)) }
    }

    public func post(_ message: WebhookMessage, isWanted: () -> Bool) throws(WebhookError) -> Int {
        var client = client()
        let request = Request(message.url, method: .post, fields: Fields(message.fields), body: message.body)
        do throws(ExchangeError) {
            return try withoutActuallyEscaping(isWanted) { isWanted throws(ExchangeError) in
                try client.send(request, isWanted: isWanted).status
            }
        } catch { throw WebhookError(sentence(error)) }
    }

    private func sentence(_ error: ExchangeError) -> String {
        switch error.code {
        case .addressRefused: "Only https to a server of the public internet is allowed."
        case .unreachable: "The server cannot be found or does not answer."
        case .timedOut: "The server gave no whole answer within \(limits.totalMilliseconds / 1_000) s."
        case .unwanted: "The message was not sent to its end."
        case .notTrusted: "The server's certificate is not trusted."
        case .tooLarge: "The server's answer is larger than \(limits.maxBodyBytes) bytes."
        case .broken: "The server's answer broke off or was no HTTP."
        }
    }
}
