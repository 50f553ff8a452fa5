import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// An installation whose admin brings files of prices.
final class UploadDesk {
    let installation: Installation
    let key: String
    private let admin: TestBrowser

    init(_ environment: [String: String] = [:]) throws {
        installation = try Installation(environment.merging(["RATE_LIMIT_RUNS": "1000000"]) { one, _ in one })
        admin = try installation.user().browser
        key = try Self.key(admin, ["read", "research", "ingest"])
    }

    private static func key(_ browser: TestBrowser, _ scopes: [String]) throws -> String {
        let made = try browser.send(
            "POST", "/api/me/api-keys", ["name": "tests", "scopes": .array(scopes.map { .string($0) })])
        return try #require(made.object?["key"]?.stringValue)
    }

    /// A key of somebody else.
    func stranger(_ role: String) throws -> String {
        let browser = try installation.user("\(role)@example.org").browser
        var db = try installation.database.connect()
        try db.execute("UPDATE users SET role = $1 WHERE email = $2", [.text(role), .text("\(role)@example.org")])
        return try Self.key(browser, role == "user" ? ["read", "research"] : ["read", "research", "ingest"])
    }

    static let path = "/api/market-data/imports"

    func send(
        _ method: String, _ target: String, _ body: Value? = nil, key: String? = nil
    ) throws -> HTTPClient.Answer {
        try installation.send(
            method, target,
            [("Authorization", "Bearer \(key ?? self.key)")]
                + (body == nil ? [] : [("Content-Type", "application/json")]), body?.bytes)
    }

    func upload(
        _ bytes: [UInt8], _ query: String = "", type: String = "text/csv", key: String? = nil,
        from source: (any BodySource)? = nil
    ) throws -> HTTPClient.Answer {
        try installation.send(
            "POST", "\(Self.path)?file_name=f.csv\(query.isEmpty ? "" : "&" + query)",
            [("Authorization", "Bearer \(key ?? self.key)"), ("Content-Type", type)], bytes, from: source)
    }

    func upload(_ text: String, _ query: String = "") throws -> HTTPClient.Answer {
        try upload(Array(text.utf8), query)
    }

    func confirm(_ id: String, _ options: Object) throws -> HTTPClient.Answer {
        try send("POST", "\(Self.path)/\(id)/confirm", .object(options))
    }

    /// Does the next import as the worker would, and gives the job that was queued.
    func work(_ job: String? = nil) throws -> Object? {
        var db = try installation.database.connect()
        _ = try ImportBars(installation.configuration).runNext(as: "test", in: &db) { _ in }
        guard let job else { return nil }
        return try send("GET", "/api/jobs/\(job)").object
    }

    /// How many rows there are of files, of their pieces, and of daily bars of shares.
    func counts() throws -> [Int] {
        try ["uploads", "upload_chunks", "equity_daily_bars"].map {
            try installation.scalar("SELECT count(*) FROM \($0)")
        }
    }

    func execute(_ sql: String) throws {
        var db = try installation.database.connect()
        try db.script(sql)
    }

    static let header = "Date,Open,High,Low,Close,Volume\n"
    static let week =
        header + """
            2024-03-04,10,11,9,10.5,100
            2024-03-05,10.5,11,10,10.75,200
            2024-03-06,10.75,12,10.5,11.99,300

            """
}

extension HTTPClient.Answer {
    var id: String { object?["id"]?.stringValue ?? "" }
    func member(_ path: String...) -> Value? {
        path.reduce(json) { value, name in value?.objectValue?[name] }
    }
}
