import Daemon
import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// An admin with one of everything, who signs up anew when a request has ended the session or the account.
final class ExtremesDesk {
    let installation: Installation
    private(set) var browser: TestBrowser
    private var people = 0
    private var ids: [String: String] = [:]
    private(set) var refused: [String] = []
    private(set) var answered: Set<String> = []
    private(set) var sent = 0

    init() throws {
        let many = ["RATE_LIMIT_RUNS", "QUOTA_QUEUED_JOBS", "QUOTA_RUNS"].map { ($0, "1000000000") }
        installation = try Installation(
            Dictionary(uniqueKeysWithValues: many).merging([
                "PAPER_STALE_PRICES": "allow", "PAPER_MAX_RESTING_ORDERS": "10000",
            ]) { $1 }.merging(ToldProviders.configuration) { $1 })
        browser = try installation.user("first@example.org").browser
        var db = try installation.database.connect()
        let lines = (0..<60).map { day in
            "\(CalendarDay(daysSinceEpoch: 18_262 + day)!),10,11,9,\(day % 2 + 10),1"
        }
        for (symbol, type) in [("X-USD", AssetType.crypto), ("X", .equity)] {
            _ = try BarImport(symbol: symbol).run(TestPrices.file(lines, type, now: .max), in: &db)
        }
        try db.script(
            """
            INSERT INTO series_checks (symbol_id, interval, revision, expected, missing)
              SELECT symbol_id, interval, revision, count, 0 FROM bar_series;
            INSERT INTO data_findings (symbol_id, interval, check_name, severity, first, last, count, detail)
              SELECT symbol_id, interval, 'gap', 'info', first, last, 1, 'Some are missing' FROM bar_series
            """)
        // The first is an admin as well: nobody is the only one, who could not go.
        try renew()
    }

    /// What requests before have changed is named no more.
    func begin() { ids = [:] }

    /// A new admin, whose sign-in is recent.
    private func renew() throws {
        people += 1
        browser = try installation.user("person\(people)@example.org").browser
        var db = try installation.database.connect()
        try db.execute("UPDATE users SET role = 'admin' WHERE email = $1", [.text("person\(people)@example.org")])
        ids = [:]
    }

    /// Something of the caller's to name in a path or a body.
    func id(_ kind: String) throws -> String {
        if let known = ids[kind] { return known }
        var id: String?
        switch kind {
        case "strategies":
            id = try browser.send(
                "POST", "/api/strategies",
                [
                    "name": .string("strategy \(sent)"), "asset_type": "CRYPTO", "timeframe": "1d",
                    "definition": try parse(Array(TestDefinition.crossing.utf8)),
                ]
            ).object?["id"]?.stringValue
        case "backtests", "other backtests":
            id = try browser.send(
                "POST", "/api/backtests",
                [
                    "strategy_id": .string(try self.id("strategies")), "symbol": "X-USD", "timeframe": "1d",
                    "start_date": "2020-01-01", "end_date": kind == "backtests" ? "2020-12-31" : "2020-02-20",
                ]
            ).object?["id"]?.stringValue
            try finish()
        case "jobs":
            let answer = try browser.send("POST", "/api/backtests/\(try self.id("backtests"))/verify", [:])
            id = answer["Location"]?.split(separator: "/").last.map(String.init)
        case "imports":
            try storeUploads()
            id = try browser.send("POST", "/api/market-data/imports?file_name=f", Self.file).object?["id"]?
                .stringValue
        case "findings": id = "1"
        case "orders":
            let placed = try browser.send(
                "POST", "/api/trading/orders",
                ["symbol": "X-USD", "side": "BUY", "quantity": "1", "order_type": "LIMIT", "limit_price": "5"])
            id = placed.object?["order"]?.objectValue?["id"]?.stringValue
        case "runners":
            let started = try browser.send(
                "POST", "/api/trading/runners",
                [
                    "strategy_version_id": try value("strategy_version_id", .null, in: ""), "symbol": "X-USD",
                    "timeframe": "1d", "capital": "1000.00",
                ])
            // Its version may be running already.
            let listed = try browser.send("GET", "/api/trading/runners").object?["runners"]?.arrayValue?.first
            id = (started.object?["runner"] ?? listed)?.objectValue?["id"]?.stringValue
        case "replays":
            let opened = try browser.send(
                "POST", "/api/trading/replays", ["symbol": "X-USD", "timeframe": "1d", "from": "2020-01-03"])
            // As many as are kept may be there already.
            let listed = try browser.send("GET", "/api/trading/replays").object?["replays"]?.arrayValue?.first
            id = (opened.object?["replay"] ?? listed)?.objectValue?["id"]?.stringValue
        case "replay orders":
            let placed = try browser.send(
                "POST", "/api/trading/replays/\(try self.id("replays"))/orders",
                ["symbol": "X-USD", "side": "BUY", "quantity": "1", "order_type": "LIMIT", "limit_price": "5"])
            id = placed.object?["order"]?.objectValue?["id"]?.stringValue
        case "alerts":
            let set = try browser.send(
                "POST", "/api/alerts", ["kind": "price_above", "symbol": "X-USD", "level": .string("\(sent + 1)")])
            id = set.object?["alert"]?.objectValue?["id"]?.stringValue
        case "notifications":
            var db = try installation.database.connect()
            id = try db.run(
                Query<String>.value(
                    """
                    INSERT INTO notifications (user_id, kind, detail) VALUES ($1::uuid, 'order_filled', 'Bought')
                    RETURNING id
                    """, self.id("users")))
        case "webhooks":
            let made = try browser.send("POST", "/api/webhooks", ["url": .string("https://\(sent).example/")])
            // As many as one may have may be there already.
            let listed = try browser.send("GET", "/api/webhooks").object?["webhooks"]?.arrayValue?.first
            id = (made.object?["webhook"] ?? listed)?.objectValue?["id"]?.stringValue
        case "accounts elsewhere":
            // Linked, so that it can be unlinked.
            _ = try browser.send("POST", "/api/me/oauth/google", [:])
            _ = try browser.navigate("/api/auth/oauth/google/callback?state=\(state())")
            id = "google"
        case "users": id = try browser.send("GET", "/api/me").object?["id"]?.stringValue
        case "passkeys", "sessions", "api-keys":
            if kind == "api-keys" {
                _ = try browser.send("POST", "/api/me/api-keys", ["name": "key", "scopes": ["read"]])
            }
            let list = try browser.send("GET", "/api/me/\(kind)").object
            id = list?.members.first?.value.arrayValue?.first?.objectValue?["id"]?.stringValue
        default: break
        }
        ids[kind] = id ?? "00000000-0000-4000-8000-000000000000"
        return ids[kind]!
    }

    /// Of whoever was sent elsewhere last, and comes back as somebody whom nobody knows yet.
    private func state() -> String {
        let subject = installation.providers.requests.count
        installation.providers.result = .success(
            Identity(
                issuer: "https://provider.example", subject: "\(subject)", email: "at.\(subject)@example.org",
                isEmailVerified: true, displayName: nil))
        return installation.providers.requests.last?.state ?? ""
    }

    /// As a file of prices.
    private static let file: Value = .array(
        (1...5).map { ["date": .string("2020-04-0\($0)"), "open": 1, "high": 1, "low": 1, "close": 1] })

    /// Stores what was confirmed, and makes room.
    func storeUploads() throws {
        var db = try installation.database.connect()
        while try ImportBars(installation.configuration).runNext(as: "test", in: &db, report: { _ in }) {}
        try db.execute("DELETE FROM uploads")
    }

    /// Computes whatever is queued.
    func finish() throws {
        var db = try installation.database.connect()
        let log = Log(minimum: .error)
        while try SimulateRun(installation.configuration, log: log).runNext(as: "test", in: &db, report: { _ in }) {
        }
        while try VerifyRun(installation.configuration, log: log).runNext(as: "test", in: &db, report: { _ in }) {}
        let webhooks = DeliverWebhook(
            try installation.configuration.requiredServerSecret(), by: installation.webhookServers)
        while try webhooks.runNext(as: "test", in: &db, report: { _ in }) {}
    }

    /// A value that the operation understands.
    func value(_ name: String, _ schema: Value, in path: String) throws -> Value {
        switch name {
        case "definition": return try parse(Array(TestDefinition.crossing.utf8))
        case "symbols": return ["X-USD"]
        case "symbol" where path.contains("/imports"): return "Y-USD"  // nobody else's bars are replaced
        case "symbol": return path.contains("equities") ? "X" : "X-USD"
        case "asset_type": return "CRYPTO"
        case "timeframe": return "1d"
        case "start_date": return "2020-01-01"
        case "end_date": return "2020-12-31"
        case "range": return ["start_date": "2020-01-01", "end_date": "2020-12-31"]
        case "initial_equity": return "10000.00"
        case "scopes": return ["read"]
        case "quantity": return "10"
        case "limit_price": return "5"
        case "capital": return "1000.00"
        case "kind" where path == "/api/alerts": return "price_above"
        case "level": return .string("\(sent + 1)")
        case "email" where path == "/api/me": return try browser.send("GET", path).object?["email"] ?? ""
        case "email": return "somebody@example.org"
        case "strategy_id": return .string(try id("strategies"))
        case "strategy_version_id":
            return try browser.send("GET", "/api/strategies/\(try id("strategies"))").object?["version_id"] ?? 1
        case "ids":
            return .string("\(try id("backtests")),\(try id("other backtests"))")
        case "id":
            let kinds = [
                "strategies", "backtests", "jobs", "users", "passkeys", "sessions", "api-keys", "imports",
                "findings", "orders", "runners", "replays", "alerts", "notifications", "webhooks",
            ]
            return .string(try id(kinds.last { path.contains("/\($0)/") } ?? ""))
        case "order": return .string(try id("replay orders"))
        case "clock":
            return try browser.send("GET", "/api/trading/replays/\(try id("replays"))").object?["replay"]?
                .objectValue?["clock"] ?? ""
        case "from": return "2020-01-03"
        case "provider" where path.hasPrefix("/api/me/"): return .string(try id("accounts elsewhere"))
        case "return_to": return "/markets"
        case "url": return .string("https://\(sent).example/hook")
        case "state": return .string(state())
        default: return DocumentedOperation.sample(schema)
        }
    }

    /// Sends one request with one value in the place named, or with none changed.
    func send(
        _ operation: DocumentedOperation, _ place: String = "", isFirst: Bool = true,
        _ change: ((Value) -> Value)? = nil
    ) throws {
        // Whoever signs in elsewhere comes back to the browser that they left with.
        let visitor = operation.path.hasPrefix("/api/auth/oauth/") ? installation.browser() : nil
        try visitor?.navigate("/api/auth/oauth/google/start")
        var path = operation.path, query: [String] = [], fields: [(String, String)] = []
        for parameter in operation.parameters
        where parameter.isRequired || [place, "state"].contains(parameter.name) {
            var value = try value(parameter.name, parameter.schema, in: operation.path)
            if parameter.name == place, let change { value = change(value) }
            let text = Self.text(value)
            switch parameter.place {
            case "path": path = path.replacing("{\(parameter.name)}", with: Self.escaped(text))
            case "query": query.append("\(parameter.name)=\(Self.escaped(text))")
            // Other bytes end a field, and no route ever sees them.
            case "header" where text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }:
                fields.append((parameter.name, text))
            case "header": return
            default: Issue.record("\(operation.description) takes \(parameter.name) in its \(parameter.place)")
            }
        }
        var body: Object?
        if let members = operation.members {
            var object: Object = [:]
            for member in members where member.isRequired || member.name == place {
                object[member.name] = try value(member.name, member.schema, in: operation.path)
            }
            if operation.path == "/api/strategies/validate", place != "strategy_id" {
                object["definition"] = try value("definition", .null, in: operation.path)
            }
            if operation.description == "POST /api/trading/replays", place != "symbols" {
                object["symbol"] = try value("symbol", .null, in: operation.path)
            }
            if let change, let old = object[place] { object[place] = change(old) }
            body = object
        }
        let target = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let answer: HTTPClient.Answer
        do {
            if let visitor {
                let form = body?.members.map { ($0.name, value: Self.text($0.value)) }
                answer = try visitor.navigate(target, form: form, from: form == nil ? "same-origin" : "cross-site")
            } else {
                answer = try browser.send(
                    operation.method, target, operation.takesFile ? Self.file : body.map { .object($0) },
                    fields: fields)
            }
        } catch is RequestError {
            return  // no request of HTTP: no route ever sees it
        }
        if operation.takesFile, answer.status == 201 { try storeUploads() }
        if operation.path.hasSuffix("/confirm"), answer.status == 202 { ids["imports"] = nil }
        if answer.status == 401, isFirst {
            try renew()
            return try send(operation, place, isFirst: false, change)
        }
        // What is gone is nothing to name any more.
        if operation.method == "DELETE", answer.status == 204 { ids = [:] }
        sent += 1
        // A browser that is refused is sent to the page that says why.
        let isRefused = answer["Location"]?.contains("?error=") == true
        if (200..<400).contains(answer.status), !isRefused { answered.insert(operation.description) }
        // What is away answers 503: there is no daemon here, and nobody else to sign in with.
        guard answer.status >= 500, answer.status != 503 else { return }
        let shown = body.map { String(decoding: Value.object($0).bytes.prefix(600), as: UTF8.self) } ?? ""
        refused.append("\(operation.method) \(target.prefix(300)) \(shown): \(answer.status)")
    }

    private static func text(_ value: Value) -> String {
        value.stringValue ?? String(decoding: value.bytes, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            return isPlain || "-._".utf8.contains(byte) ? String(UnicodeScalar(byte)) : "%" + hexText(byte)
        }.joined()
    }

    private static func hexText(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
