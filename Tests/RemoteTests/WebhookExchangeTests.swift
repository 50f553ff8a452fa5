import Crypto
import Foundation
import HTTPClient
import JSON
import Jobs
import Postgres
import TestSupport
import Testing

@testable import App
@testable import Remote

/// The job that posts to webhooks, from a database to servers on loopback that do what none should.
@Suite struct WebhookExchangeTests {
    private static let quick = Limits(connectMilliseconds: 60_000, totalMilliseconds: 60_000)

    private let database: TestDatabase
    private let configuration: Configuration

    init() throws {
        database = try TestDatabase()
        configuration = try Configuration(
            ["ENVIRONMENT": "test", "SERVER_SECRET": "0123456789abcdef0123456789abcdef"]) { _ in nil }
    }

    /// Tells a user something whose webhook leads to `url`, and lets the worker post it once.
    ///
    /// - Returns: how the delivery stands, and the webhook's secret.
    private func deliver(
        to url: String, _ limits: Limits = quick, isPrivateAllowed: Bool = true
    ) throws -> (status: String, response: Int?, error: String?, secret: String) {
        var db = try database.connect()
        try db.script(
            """
            INSERT INTO users (email) VALUES ('ada@example.org');
            INSERT INTO webhooks (user_id, url) SELECT id, '\(url)' FROM users;
            INSERT INTO notifications (user_id, kind, detail) SELECT id, 'order_filled', 'Bought 2 STK' FROM users
            """)
        let secret = try configuration.requiredServerSecret()
        let exchange = WebhookExchange(limits, isPrivateAllowed: isPrivateAllowed, allowsLoopback: true)
        let job = DeliverWebhook(secret, by: exchange)
        #expect(try job.runNext(as: "test", in: &db) { if case .refused = $0 { Issue.record("\($0)") } })
        return try db.run(
            .one(
                """
                SELECT d.status, d.response_status, d.error, w.id FROM webhook_deliveries d
                JOIN webhooks w ON w.id = d.webhook_id
                """
            ) { row in
                (try row.next(), try row.next(), try row.next(), WebhookSecret(of: try row.next(), secret).text)
            })
    }

    @Test func `a server gets the message, signed`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 204 No Content\r\n\r\n")
        let end = try deliver(to: server.url + "/hook?a=1")
        #expect(end.status == "delivered" && end.response == 204 && end.error == nil)
        let request = try #require(server.requests.first)
        #expect(server.requests.count == 1 && request.hasPrefix("POST /hook?a=1 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nContent-Type: application/json\r\n"))
        let parts = request.components(separatedBy: "\r\n\r\n"), body = parts[1]
        let line = try #require(
            parts[0].components(separatedBy: "\r\n").first { $0.hasPrefix("X-BitStockerz-Signature: t=") })
        let signed = line.dropFirst("X-BitStockerz-Signature: t=".count).components(separatedBy: ",v1=")
        let expected = hex(hmacSHA256(key: Array(end.secret.utf8), Array("\(signed[0]).\(body)".utf8)))
        #expect(signed[1] == expected)
        let told = try #require(try parse(Array(body.utf8)).objectValue)
        #expect(told["detail"] == "Bought 2 STK" && told["kind"] == "order_filled" && told["symbol"] == .null)
        #expect(parts[0].contains("\r\nX-BitStockerz-Delivery: \(told["id"]?.stringValue ?? "?")\r\n"))
    }

    @Test func `a redirect is followed by nobody`() throws {
        let aim = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let server = try LoopbackServer(
            answering: "HTTP/1.1 307 Temporary Redirect\r\nLocation: \(aim.url)/\r\nContent-Length: 0\r\n\r\n")
        let end = try deliver(to: server.url)
        #expect(end.status == "pending" && end.response == 307, "\(end)")
        #expect(end.error == "The server answered 307: redirects are not followed.")
        #expect(aim.requests.isEmpty)
    }

    @Test(arguments: [
        ("an error", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "The server answered 500, and not 2xx."),
        ("no HTTP", "220 mail.example ESMTP\r\n", "The server's answer broke off or was no HTTP."),
        (
            "too much", "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n",
            "The server's answer is larger than 65536 bytes."
        ),
    ])
    func `what is no good answer is told, and tried again`(_ what: String, _ head: String, _ error: String) throws {
        let server = try LoopbackServer(
            answering: head + (what == "too much" ? String(repeating: "x", count: 65_537) : ""))
        let end = try deliver(to: server.url)
        #expect(end.status == "pending" && end.error == error, "\(what)")
    }

    @Test func `a server that hangs is given up`() throws {
        let server = try LoopbackServer(serving: { $1.waitUntilClosed() })
        let end = try deliver(to: server.url, Limits(connectMilliseconds: 1_000, totalMilliseconds: 1_000))
        #expect(end.status == "pending" && end.error == "The server gave no whole answer within 1 s.", "\(end)")
    }

    @Test func `whatever was saved, nothing is posted to a private address unless that is allowed`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let end = try deliver(to: "https://localhost:\(server.port)/", isPrivateAllowed: false)
        #expect(end.status == "pending" && end.error == "Only https to a server of the public internet is allowed.")
        #expect(server.requests.isEmpty)
    }

    @Test func `what is saved is looked up as it will be when it is posted to`() throws {
        let server = try LoopbackServer(answering: "")
        let strict = WebhookExchange(Self.quick, isPrivateAllowed: false, allowsLoopback: true)
        for url in [server.url, "http://1.1.1.1/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/"] {
            #expect(throws: WebhookError.self, "\(url)") { try strict.check(url) }
        }
        try WebhookExchange(Self.quick, isPrivateAllowed: true, allowsLoopback: true).check(server.url)
        #expect(throws: WebhookError.self) {
            try WebhookExchange(Self.quick, isPrivateAllowed: true, allowsLoopback: false).check(server.url)
        }
    }
}
