/// Whether messages go to webhooks on this machine and in private networks.
public enum PrivateAddresses: String, Sendable, CaseIterable { case refuse, allow }

/// Who reaches the servers of webhooks: nothing here opens a connection.
public protocol WebhookServers: Sendable {
    /// Looks up where an address leads to.
    ///
    /// - Throws: ``WebhookError`` where nothing may be posted to it.
    func check(_ url: String) throws(WebhookError)

    /// Posts a message, and waits for what the server says.
    ///
    /// - Parameter isWanted: asked now and then while the answer is waited for; false ends that.
    /// - Returns: the status of the answer, whatever it is.
    func post(_ message: WebhookMessage, isWanted: () -> Bool) throws(WebhookError) -> Int
}

public struct WebhookMessage: Sendable {
    public let url: String
    public let fields: [(name: String, value: String)]
    public let body: [UInt8]

    public init(url: String, fields: [(name: String, value: String)], body: [UInt8]) {
        (self.url, self.fields, self.body) = (url, fields, body)
    }
}

/// No answer, in a sentence for the webhook's user.
public struct WebhookError: Error, Sendable, Equatable {
    public let sentence: String

    public init(_ sentence: String) { self.sentence = sentence }
}
