import Daemon
import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// Every operation of the document, with the extremes of every type in every place for a value: whatever a table
/// refuses, the request was refused before, and nobody sees an error of ours.
@Suite struct ExtremeRequestsTests {
    /// An admin with one of everything, who signs up anew when a request has ended the session or the account.
    private final class Desk {
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
                ]) { $1 })
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
                    "findings", "orders", "runners", "replays", "alerts", "notifications",
                ]
                return .string(try id(kinds.last { path.contains("/\($0)/") } ?? ""))
            case "order": return .string(try id("replay orders"))
            case "clock":
                return try browser.send("GET", "/api/trading/replays/\(try id("replays"))").object?["replay"]?
                    .objectValue?["clock"] ?? ""
            case "from": return "2020-01-03"
            default: return DocumentedOperation.sample(schema)
            }
        }

        /// Sends one request with one value in the place named, or with none changed.
        func send(
            _ operation: DocumentedOperation, _ place: String = "", isFirst: Bool = true,
            _ change: ((Value) -> Value)? = nil
        ) throws {
            var path = operation.path, query: [String] = [], fields: [(String, String)] = []
            for parameter in operation.parameters where parameter.isRequired || parameter.name == place {
                var value = try value(parameter.name, parameter.schema, in: operation.path)
                if parameter.name == place, let change { value = change(value) }
                let text = value.stringValue ?? String(decoding: value.bytes, as: UTF8.self)
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
                answer = try browser.send(
                    operation.method, target, operation.takesFile ? Self.file : body.map { .object($0) },
                    fields: fields)
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
            if (200..<400).contains(answer.status) { answered.insert(operation.description) }
            // What is away answers 503: there is no daemon here, and nobody else to sign in with.
            guard answer.status >= 500, answer.status != 503 else { return }
            let shown = body.map { String(decoding: Value.object($0).bytes.prefix(600), as: UTF8.self) } ?? ""
            refused.append("\(operation.method) \(target.prefix(300)) \(shown): \(answer.status)")
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

    /// Every place inside a value, deepest first, as a way to put something else there.
    private static func places(in value: Value) -> [(Value) -> (Value) -> Value] {
        var found: [(Value) -> (Value) -> Value] = [{ replacement in { _ in replacement } }]
        switch value {
        case .array(let items):
            for index in items.indices {
                for place in places(in: items[index]) {
                    found.append { replacement in
                        { outer in
                            guard case .array(var items) = outer, items.indices.contains(index) else { return outer }
                            items[index] = place(replacement)(items[index])
                            return .array(items)
                        }
                    }
                }
            }
        case .object(let object):
            for name in object.names {
                for place in places(in: object[name] ?? .null) {
                    found.append { replacement in
                        { outer in
                            guard case .object(var object) = outer, let old = object[name] else { return outer }
                            object[name] = place(replacement)(old)
                            return .object(object)
                        }
                    }
                }
            }
        default: break
        }
        return found
    }

    /// What one desk has seen.
    private struct Tally: Sendable {
        var refused: [String] = [], unanswered: [String] = []
        var sent = 0, runs = 0, imports = 0, faults = 0
    }

    /// Tries every DIVISOR-th operation.
    private static func tally(_ part: Int, of divisor: Int) throws -> Tally {
        let desk = try Desk()
        let operations = DocumentedOperation.all(in: OpenAPI.document(of: Routes.responders)).enumerated()
            .filter { $0.offset % divisor == part }.map(\.element)
        for operation in operations {
            desk.begin()
            try desk.send(operation)
            let places =
                operation.parameters.map { ($0.name, $0.schema) }
                + (operation.members ?? []).map { ($0.name, $0.schema) }
            for (name, schema) in places {
                // As it is meant first: what may be left out is tried by nothing else.
                try desk.send(operation, name)
                for bound in DocumentedOperation.bounds(schema) { try desk.send(operation, name) { _ in bound } }
                let whole = try desk.value(name, schema, in: operation.path)
                // What is inside a definition is read by one reader: once is enough, where it is stored.
                let isStored = operation.description == "POST /api/strategies"
                for place in name == "definition" && !isStored ? [{ value in { _ in value } }] : Self.places(in: whole)
                {
                    for value in Extremes.values { try desk.send(operation, name, place(value)) }
                }
            }
        }
        try desk.finish()
        try desk.storeUploads()
        func count(_ what: String) throws -> Int { try desk.installation.scalar("SELECT count(*) FROM \(what)") }
        return Tally(
            refused: desk.refused,
            unanswered: operations.map(\.description).filter { !desk.answered.contains($0) }, sent: desk.sent,
            runs: try count("backtest_runs WHERE status = 'completed'"),
            imports: try count("jobs WHERE job_type = 'import_bars' AND status = 'completed'"),
            faults: try count("jobs WHERE error_code = 'INTERNAL_ERROR'")
                + count("backtest_runs WHERE error_code = 'INTERNAL_ERROR'"))
    }

    @Test func `no operation answers an error of ours to the extremes of any type`() throws {
        #expect(
            DocumentedOperation.all(in: OpenAPI.document(of: Routes.responders)).count == Routes.responders.count)
        // Side by side, each with an installation of its own: one after the other they outlast all other tests.
        let parts = 4
        let tallies = try inParallel(parts) { part in try Self.tally(part, of: parts) }
        let sent = tallies.reduce(0) { $0 + $1.sent }
        #expect(tallies.flatMap(\.refused) == [], "of \(sent)")
        #expect(sent > 5_000)
        // Else the requests would have been refused before they could do any harm.
        let unanswered = tallies.flatMap(\.unanswered)
        // These want what nobody can make up: another process, a token, a signed challenge, a code, a second passkey.
        #expect(
            Set(unanswered).isSubset(of: [
                "GET /api/health/ready", "GET /api/metrics", "POST /api/auth/webauthn/register/verify",
                "POST /api/auth/webauthn/login/verify",
                "POST /api/auth/reauthenticate/verify", "POST /api/auth/recover", "DELETE /api/me/passkeys/{id}",
                "POST /api/backtests/{id}/cancel",
            ]), "\(unanswered)")
        #expect(tallies.reduce(0) { $0 + $1.faults } == 0)
        #expect(tallies.reduce(0) { $0 + $1.imports } > 20)
        #expect(tallies.reduce(0) { $0 + $1.runs } > 20)
    }
}
