import Foundation
import Postgres
import TestSupport
import Testing

/// `bitstockerz audit` and `bitstockerz maintenance` as an operator runs them.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct AuditCommandTests {
    private let database = try! TestDatabase()
    private let key = String(repeating: "5a", count: 32)

    private func run(_ arguments: String..., key: String? = nil) throws -> (
        status: Int32, output: String, errors: String
    ) {
        try TestServer.run(
            arguments, environment: ["DATABASE_URL": database.conninfo, "SERVER_SECRET": key ?? self.key])
    }

    @Test func `a trail that was tampered with is named, and a whole one is not`() throws {
        let whole = try run("audit", "verify")
        #expect(whole.status == 0)
        #expect(whole.output == "The audit trail holds: 0 events.\n")
        var db = try database.connect()
        try db.script(
            """
            INSERT INTO audit_events (stream, event_type, payload_digest, prev_hash, hash)
            VALUES (5, 'session.started', sha256('a'), decode(repeat('00', 32), 'hex'), sha256('b'))
            """)
        let broken = try run("audit", "verify")
        #expect(broken.status == 1)
        #expect(broken.output.hasPrefix("Chain 5, event 1: it was changed."))
        #expect(try run("audit", "verify", "--json").output.contains("\"holds\":false,\"events\":0"))
    }

    @Test func `a host with another secret begins nothing, and is told whose it needs`() throws {
        #expect(try run("maintenance").status == 0)
        #expect(try run("migrate").status == 0)
        #expect(try run("user", "create", "--email", "first@example.org").status == 0)
        let foreign = String(repeating: "00", count: 32)
        let words =
            "no event of the audit trail was signed with this host's secret: copy /etc/bitstockerz/server-secret"
        let migrated = try run("migrate", key: foreign)
        #expect(migrated.status == 78)
        #expect(migrated.errors.contains(words))
        // Some of so many would begin a chain.
        for number in 1...8 {
            let refused = try run("user", "create", "--email", "other\(number)@example.org", key: foreign)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("the audit trail does not hold ("))
        }
        #expect(try run("audit", "verify").status == 0)
        #expect(try run("user", "create", "--email", "second@example.org").status == 0)
    }

    @Test func `the daily round ends with a checkpoint that verifies`() throws {
        let round = try run("maintenance")
        #expect(round.status == 0)
        let folder = FileManager.default.temporaryDirectory.appending(path: "bsaudit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = folder.appending(path: "journal")
        try "one line of something else\n\(round.output)".write(to: journal, atomically: true, encoding: .utf8)
        let verified = try run("audit", "verify", "--checkpoints", journal.path)
        #expect(verified.status == 0)
        #expect(verified.output == "The audit trail holds: 0 events and 1 checkpoint.\n")
        try "one line of something else\n".write(to: journal, atomically: true, encoding: .utf8)
        let empty = try run("audit", "verify", "--checkpoints", journal.path)
        #expect(empty.status == 66)
        #expect(empty.errors.contains("holds no checkpoint, so nothing was compared"))
        try round.output.write(to: journal, atomically: true, encoding: .utf8)
        let foreign = try run("audit", "verify", "--checkpoints", journal.path, key: String(repeating: "00", count: 32))
        #expect(foreign.status == 65)
        #expect(foreign.errors.contains("journal:1: a checkpoint that is not signed with this key"))
    }

    @Test func `what is done to prices is in the trail`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "bsaudit-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        let bars = [1, 2, 3, 9].map { "2024-03-0\($0),10,11,9,10,100" }
        try "date,open,high,low,close,volume\n\(bars.joined(separator: "\n"))\n".write(
            to: file, atomically: true, encoding: .utf8)
        // A check ends with 1 where it finds a gap.
        for (command, status) in [
            (["import", "--symbol", "TST-USD", file.path], 0),
            (["import", "--dry-run", "--symbol", "TST-USD", file.path], 0),
            (["data", "check", "TST-USD"], 1), (["data", "dismiss", "1"], 0), (["data", "dismiss", "1", "--undo"], 0),
            (["data", "closure", "2031-03-05"], 64), (["data", "closure", "2031-03-05", "Mourning", "--undo"], 64),
            (["data", "closure", "2031-03-05", "Mourning"], 0), (["data", "closure", "2031-03-05", "Mourning"], 0),
            (["data", "closure", "2031-03-05", "--undo"], 0), (["data", "closure", "2031-03-09", "A Sunday"], 64),
            (["symbols", "retire", "TST-USD"], 0), (["symbols", "restore", "TST-USD"], 0),
            (["symbols", "rename", "TST-USD", "TSU-USD"], 0),
        ] {
            let ended = try TestServer.run(
                command, environment: ["DATABASE_URL": database.conninfo, "SERVER_SECRET": key])
            #expect(ended.status == status, "\(command) \(ended.errors)")
        }
        let refused = try run("symbols", "restore", "TST-USD")
        #expect(refused.status == 66 && refused.errors.contains("no retired symbol TST-USD is stored"))
        var db = try database.connect()
        let told: [String] = try db.run(
            .values("SELECT event_type || ' ' || coalesce(payload_json->>'symbol', '') FROM audit_events ORDER BY id"))
        #expect(
            told == [
                "import.stored TST-USD", "finding.dismissed ", "finding.restored ", "closure.added ",
                "closure.removed ",
                "symbol.retired TST-USD", "symbol.restored TST-USD", "symbol.renamed TST-USD",
            ])
        #expect(try run("audit", "verify").output == "The audit trail holds: 8 events.\n")
    }

    @Test func `without a key it says how to make one`() throws {
        let refused = try run("audit", "verify", key: "")
        #expect(refused.status == 78)
        #expect(refused.errors.contains("openssl rand -hex 32"))
    }
}
