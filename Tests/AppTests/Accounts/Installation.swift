import Daemon
import Glibc
import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

extension Application {
    /// The whole answer, also of what comes in pieces.
    mutating func respond(to request: Request, from source: (any BodySource)? = nil) -> Response {
        let pieces = CollectedBody()
        var response = respond(to: request, from: source ?? BodyInMemory(request.body), streamingTo: pieces)
        if pieces.isWhole { response.body = pieces.body }
        return response
    }
}

private final class CollectedBody: BodyStream {
    private(set) var body: [UInt8] = []
    private(set) var isWhole = false
    var writtenBytes: Int { body.count }

    func begin(_ head: Response) {}
    func write(_ piece: [UInt8]) { body += piece }
    func end() { isWhole = true }
}

/// An installation in this process: the real routes of both pools over a database of its own, without nginx, and other
/// servers that answer what the test wants.
final class Installation {
    static let origin = "https://app.example"
    let database: TestDatabase
    let configuration: Configuration
    let providers = ToldProviders()
    let webhookServers = ToldWebhookServers()
    private var application: Application
    private var outbound: Application

    struct Failure: Error, CustomStringConvertible { let description: String }

    init(_ environment: [String: String] = [:], database: TestDatabase? = nil) throws {
        let database = try database ?? TestDatabase()
        self.database = database
        configuration = try Configuration(
            [
                "ENVIRONMENT": "test", "DATABASE_URL": database.conninfo, "PUBLIC_ORIGINS": Self.origin,
                "SERVER_SECRET": "0123456789abcdef0123456789abcdef", "RATE_LIMIT_SIGN_IN": "1000000",
                "RATE_LIMIT_CALLS": "1000000", "RATE_LIMIT_RUNS": "1000000",
            ].merging(environment) { $1 })
        application = Application(configuration, log: Log(minimum: .error))
        outbound = Application(
            configuration, .outbound(Outbound(identities: providers, webhooks: webhookServers)),
            log: Log(minimum: .error))
    }

    /// As nginx tells the pools apart (locations.conf).
    static func isOutbound(_ target: String) -> Bool {
        target.prefixMatch(of: #/\/api\/((auth|me)\/oauth\/|webhooks(\/|\?|$))/#) != nil
    }

    func send(
        _ method: String, _ target: String, _ fields: [(String, String)], _ body: [UInt8]?,
        from source: (any BodySource)? = nil
    ) throws -> HTTPClient.Answer {
        guard let method = Method(rawValue: method) else { throw Failure(description: method) }
        let request = try Request(
            method, target, fields: Fields(fields.map { ($0.0, $0.1) }), body: body ?? [], remoteAddress: "192.0.2.1",
            requestID: "test")
        let response =
            Self.isOutbound(target)
            ? outbound.respond(to: request, from: source) : application.respond(to: request, from: source)
        let answer = HTTPClient.Answer(
            status: response.status, fields: response.fields.items.map { ($0.name, $0.value) }, body: response.body)
        // Nobody hears what is only logged, of a client that went away.
        guard answer.status != 499 else { return answer }
        for fault in Self.contract.faults(method.rawValue, target, answer) { Issue.record("\(fault)") }
        return answer
    }

    /// Every answer is held against the API's own description.
    static let contract = Contract(OpenAPI.document(of: Routes.all))

    func browser() -> TestBrowser { TestBrowser(origin: Self.origin) { try self.send($0, $1, $2, $3) } }

    func authenticator(_ algorithm: SoftwareAuthenticator.Algorithm = .es256) -> SoftwareAuthenticator {
        SoftwareAuthenticator(origin: Self.origin, algorithm)
    }

    /// A new user's browser and authenticator, signed in.
    func user(_ email: String = "ada@example.org") throws -> (
        browser: TestBrowser, authenticator: SoftwareAuthenticator
    ) {
        let browser = browser(), authenticator = authenticator()
        let answer = try browser.signUp(email, authenticator)
        guard answer.status == 201 else { throw Failure(description: answer.text) }
        return (browser, authenticator)
    }

    /// As if everything had happened so many minutes ago.
    func age(minutes: Int) throws {
        var db = try database.connect()
        for change in [
            "UPDATE webauthn_challenges SET created_at = created_at - make_interval(mins => $1::int), expires_at = expires_at - make_interval(mins => $1::int)",
            "UPDATE sessions SET authenticated_at = authenticated_at - make_interval(mins => $1::int)",
        ] {
            try db.execute(change, [Parameter(minutes)])
        }
    }

    /// The audit events about whom anybody may ask, oldest first.
    func events() throws -> [(type: String, payload: Object)] {
        var db = try database.connect()
        let rows = try db.query("SELECT event_type, coalesce(payload_json, '{}')::text FROM audit_events ORDER BY id")
        return try (0..<rows.count).map {
            (try rows.string($0, 0), try parse(Array(rows.string($0, 1).utf8)).objectValue ?? [:])
        }
    }

    func scalar(_ sql: String) throws -> Int {
        var db = try database.connect()
        return try db.query(sql).int(0, 0)
    }
}
