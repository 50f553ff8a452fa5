import Daemon
import HTTP
import JSON
import Jobs
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import App

/// Servers that answer what the test wants, without a network.
final class ToldWebhookServers: WebhookServers {
    private let state = Mutex((answer: Result<Int, WebhookError>.success(200), messages: [WebhookMessage]()))

    var messages: [WebhookMessage] { state.withLock { $0.messages } }

    func answer(_ answer: Result<Int, WebhookError>) { state.withLock { $0.answer = answer } }

    func check(_ url: String) throws(WebhookError) {
        if url.contains("private") { throw WebhookError("It is private.") }
    }

    func post(_ message: WebhookMessage, isWanted: () -> Bool) throws(WebhookError) -> Int {
        try state.withLock { state in
            state.messages.append(message)
            return state.answer
        }.get()
    }
}

/// A trader's desk, with what the worker does for webhooks.
final class WebhookDesk {
    let trading: TradingDesk
    var servers: ToldWebhookServers { trading.installation.webhookServers }

    init() throws { trading = try TradingDesk() }

    func send(
        _ method: String, _ path: String, _ body: Value? = nil, as browser: TestBrowser? = nil
    ) throws -> HTTPClient.Answer { try (browser ?? trading.browser).send(method, path, body) }

    func add(_ url: String) throws -> (id: String, secret: String) {
        let answer = try send("POST", "/api/webhooks", ["url": .string(url)])
        #expect(answer.status == 201, "\(answer.text)")
        let id = answer.object?["webhook"]?.objectValue?["id"]?.stringValue
        return (try #require(id), try #require(answer.object?["secret"]?.stringValue))
    }

    func webhook(_ id: String) throws -> Object {
        let all = try send("GET", "/api/webhooks").object?["webhooks"]?.arrayValue?.compactMap(\.objectValue)
        return try #require(all?.first { $0["id"] == .string(id) })
    }

    func deliveries(_ id: String) throws -> [Object] {
        let answer = try send("GET", "/api/webhooks/\(id)/deliveries")
        return answer.object?["deliveries"]?.arrayValue?.compactMap(\.objectValue) ?? []
    }

    /// What the worker does.
    ///
    /// - Parameter isLater: also what waits for its time, as if it had come.
    /// - Returns: how many attempts there were.
    @discardableResult
    func deliver(isLater: Bool = false) throws -> Int {
        if isLater {
            try trading.db.script(
                """
                UPDATE jobs SET run_after = now() WHERE status = 'pending';
                UPDATE webhooks SET rests_until = now() WHERE rests_until > now()
                """)
        }
        let secret = try trading.installation.configuration.requiredServerSecret()
        var done = 0
        while try DeliverWebhook(secret, by: servers).runNext(
            as: "test", in: &trading.db,
            report: { event in if case .refused(_, let detail) = event { Issue.record("\(detail)") } })
        { done += 1 }
        return done
    }
}
