import Crypto
import Foundation
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct AuditLogTests {
    /// One database a test: a trail is one for the whole database.
    private let database = try! TestDatabase()
    private static let key = AuditKey([UInt8](repeating: 9, count: 32))
    private let log = AuditLog(key)
    private let trail = AuditTrail(key)

    private func user(_ db: inout Connection) throws -> String {
        try db.query("INSERT INTO users (role) VALUES ('user') RETURNING id").string(0, 0)
    }

    /// Events of one user, so of one chain.
    private func append(_ count: Int, for user: String, in db: inout Connection) throws {
        for number in 0..<count {
            let event = AuditEvent(
                "session.started", userID: user, ["way": "passkey", "number": .number(Number(number))],
                requestID: "request-\(number)")
            try db.transaction { db in try log.append([event], in: &db) }
        }
    }

    /// What somebody with the rights of the database's owner can do.
    private func tamper(_ sql: String, in db: inout Connection) throws {
        try db.script("SET session_replication_role = replica; \(sql); RESET session_replication_role")
    }

    private func stream(_ user: String) -> Int { AuditEvent("x", userID: user).stream }

    @Test func `a trail of many users and writers at once holds`() throws {
        var db = try database.connect()
        let users = try (0..<8).map { _ in try user(&db) }
        try inParallel(4) { writer in
            var db = try database.connect()
            for turn in 0..<25 { try append(1, for: users[(turn + writer) % users.count], in: &db) }
        }
        let result = try trail.verify(in: &db)
        #expect(result.faults.isEmpty)
        #expect(result.events == 100)
    }

    @Test func `several events of one change follow each other in their order`() throws {
        var db = try database.connect()
        let owner = try user(&db)
        try db.transaction { db in
            try log.append((1...3).map { AuditEvent("test.\($0)", userID: owner) }, in: &db)
            try log.append([], in: &db)
        }
        try append(1, for: owner, in: &db)
        let types: [String] = try db.run(.values("SELECT event_type FROM audit_events ORDER BY id"))
        #expect(types.prefix(3) == ["test.1", "test.2", "test.3"])
        let result = try trail.verify(in: &db)
        #expect(result.faults.isEmpty && result.events == 4)
    }

    @Test func `no chain begins with another key than those that have begun`() throws {
        var db = try database.connect()
        let users = try (0..<20).map { _ in try user(&db) }
        let first = users[0]
        try append(2, for: first, in: &db)
        let other = AuditLog(AuditKey([UInt8](repeating: 8, count: 32)))
        for user in users where stream(user) != stream(first) {
            let refused = #expect(throws: AuditError.self) {
                try db.transaction { db in try other.append([AuditEvent("test", userID: user)], in: &db) }
            }
            #expect(refused?.kind == .secret)
        }
        #expect(try !AuditTrail(AuditKey([UInt8](repeating: 8, count: 32))).isOurs(in: &db))
        // One chain that somebody has changed is no other key.
        for user in users { try append(1, for: user, in: &db) }
        try tamper("UPDATE audit_heads SET count = count + 1 WHERE stream = \(stream(first))", in: &db)
        #expect(try trail.isOurs(in: &db))
        let fresh = try user(&db)
        if stream(fresh) != stream(first) { try append(1, for: fresh, in: &db) }
        #expect(try trail.verify(in: &db).faults.map(\.kind) == [.head])
    }

    @Test func `a change that fails leaves no event`() throws {
        var db = try database.connect()
        let owner = try user(&db)
        struct Change: Error {}
        #expect(throws: Change.self) {
            try db.transaction { db in
                try log.append([AuditEvent("passkey.added", userID: owner)], in: &db)
                throw Change()
            }
        }
        #expect(try db.query("SELECT count(*) FROM audit_events").int(0, 0) == 0)
        #expect(try trail.verify(in: &db).faults.isEmpty)
    }

    /// What is done, with the ids of five events as $1 to $5; what is found, and at which of them.
    private static let tamperings: [(String, AuditError.Kind, Int?)] = [
        ("UPDATE audit_events SET payload_json = '{\"way\":\"other\"}' WHERE id = $3", AuditError.Kind.payload, 3),
        ("UPDATE audit_events SET event_type = 'session.ended' WHERE id = $3", .hash, 3),
        ("UPDATE audit_events SET created_at = created_at + interval '1 us' WHERE id = $3", .hash, 3),
        ("UPDATE audit_events SET request_id = NULL WHERE id = $3", .hash, 3),
        ("UPDATE audit_events SET user_id = NULL WHERE id = $3", .payload, 3),
        ("UPDATE audit_events SET user_id = NULL, payload_json = NULL, payload_salt = NULL WHERE id = $3", .erasure, 3),
        ("DELETE FROM audit_events WHERE id = $3", .link, 4),
        ("DELETE FROM audit_events WHERE id = $1", .link, 2),
        ("DELETE FROM audit_events WHERE id >= $5", .end, 4),
        ("DELETE FROM audit_events", .end, nil),
        ("UPDATE audit_heads SET count = count - 1 WHERE count > 0", .head, nil),
        ("DELETE FROM audit_heads WHERE count > 0", .head, nil),
        (
            """
            UPDATE audit_heads h SET last_id = e.id, last_hash = e.hash, count = 4 FROM audit_events e
            WHERE e.id = $4 AND h.stream = e.stream; DELETE FROM audit_events WHERE id >= $5
            """, .head, nil
        ),
    ]

    @Test(arguments: tamperings)
    func `tampering is found, and where`(_ sql: String, _ kind: AuditError.Kind, _ place: Int?) throws {
        var db = try database.connect()
        let owner = try user(&db)
        try append(5, for: owner, in: &db)
        let ids = try db.run(Query<[Int]>.values("SELECT id FROM audit_events ORDER BY id"))
        var statement = sql
        for number in 1...5 { statement = statement.replacingOccurrences(of: "$\(number)", with: "\(ids[number - 1])") }
        try tamper(statement, in: &db)
        let fault = try #require(try trail.verify(in: &db).faults.first)
        #expect(fault.kind == kind)
        #expect(fault.stream == stream(owner))
        // An empty chain ends at event 0.
        #expect(fault.eventID == (place.map { ids[$0 - 1] } ?? (kind == .end ? 0 : nil)))
    }

    @Test func `nothing is built upon a head that was set back`() throws {
        var db = try database.connect()
        let owner = try user(&db)
        try append(2, for: owner, in: &db)
        try tamper("UPDATE audit_heads SET count = 1 WHERE count > 0", in: &db)
        #expect(throws: AuditError(stream: stream(owner), eventID: nil, kind: .head)) {
            try append(1, for: owner, in: &db)
        }
    }

    @Test func `a trail set back together with its head disagrees with a checkpoint`() throws {
        var db = try database.connect()
        let owner = try user(&db)
        try append(3, for: owner, in: &db)
        try db.script("CREATE TABLE old_heads AS SELECT * FROM audit_heads")
        let early = try trail.checkpoint(in: &db)
        try append(2, for: owner, in: &db)
        let late = try trail.checkpoint(in: &db)
        let read = try AuditCheckpoint.read("\(early.line)\n\(late.line)", Self.key)
        #expect(try trail.verify(read, in: &db).faults.isEmpty)
        let last = try db.query("SELECT max(last_id) FROM old_heads").int(0, 0)
        try tamper(
            """
            UPDATE audit_heads h SET last_id = o.last_id, last_hash = o.last_hash, count = o.count, mac = o.mac
            FROM old_heads o WHERE o.stream = h.stream; DELETE FROM audit_events WHERE id > \(last)
            """, in: &db)
        #expect(try trail.verify(in: &db).faults.isEmpty)
        #expect(try trail.verify([early], in: &db).faults.isEmpty)
        #expect(try trail.verify(read, in: &db).faults.map(\.kind) == [.checkpoint])
        // Also when history went on in another way since.
        try append(4, for: owner, in: &db)
        #expect(try trail.verify(read, in: &db).faults.map(\.kind) == [.checkpoint])
    }

    @Test func `another key finds fault with every chain`() throws {
        var db = try database.connect()
        try append(1, for: try user(&db), in: &db)
        let other = AuditTrail(AuditKey([UInt8](repeating: 1, count: 32)))
        #expect(try other.verify(in: &db).faults.map(\.kind) == [.head])
    }

    @Test func `a person taken out leaves a trail that holds`() throws {
        var db = try database.connect()
        let owner = try user(&db), other = try user(&db)
        try append(3, for: owner, in: &db)
        try append(2, for: other, in: &db)
        let checkpoint = try trail.checkpoint(in: &db)
        let hasMore = try db.transaction { db in try log.erase(userID: owner, in: &db) }
        #expect(!hasMore)
        let left = try db.query(
            "SELECT user_id, payload_json FROM audit_events WHERE user_id = $1::uuid", [.text(owner)])
        #expect(left.count == 0)
        let text = try db.query("SELECT string_agg(payload_json::text, ' ') FROM audit_events").string(0, 0)
        #expect(!text.contains(owner))
        try append(1, for: owner, in: &db)
        let result = try trail.verify([checkpoint], in: &db)
        #expect(result.faults.isEmpty)
        #expect(result.events == 7)
    }

    @Test func `of a person with very many events those that are left go in further transactions`() throws {
        var db = try database.connect()
        let owner = try user(&db), other = try user(&db)
        let events = (0...2 * AuditLog.erasedAtOnce).map { _ in AuditEvent("session.started", userID: owner) }
        try db.transaction { db in try log.append(events, in: &db) }
        try append(1, for: other, in: &db)
        func left(_ user: String) throws -> Int {
            try db.query("SELECT count(*) FROM audit_events WHERE user_id = $1::uuid", [.text(user)]).int(0, 0)
        }
        let hasMore = try db.transaction { db in try log.erase(userID: owner, in: &db) }
        #expect(hasMore)
        #expect(try left(owner) == AuditLog.erasedAtOnce + 1)
        #expect(try trail.verify(in: &db).faults.isEmpty)
        // Only of those who have left.
        try log.eraseWhoHasLeft(in: &db) { _ in }
        #expect(try left(owner) == AuditLog.erasedAtOnce + 1)
        try db.execute("UPDATE users SET deleted_at = now() WHERE id = $1::uuid", [.text(owner)])
        try db.transaction { db in
            try log.append([AuditEvent(AccountEvent.userDeleted.rawValue, userID: owner)], in: &db)
        }
        try log.eraseWhoHasLeft(in: &db) { _ in }
        #expect(try left(owner) == 1, "that somebody has left stays told")
        #expect(try left(other) == 1)
        #expect(try trail.verify(in: &db).faults.isEmpty)
    }

    @Test func `pruning leaves a signed anchor, and a trail that holds`() throws {
        var db = try database.connect()
        let owner = try user(&db)
        try append(4, for: owner, in: &db)
        let early = try trail.checkpoint(in: &db)
        #expect(try trail.prune(olderThanDays: 1, in: &db) == 0)
        #expect(try trail.prune(olderThanDays: 0, in: &db) == 4)
        try append(3, for: owner, in: &db)
        let late = try trail.checkpoint(in: &db)
        let result = try trail.verify([early, late], in: &db)
        #expect(result.faults.isEmpty)
        #expect(result.events == 3)
        #expect(try trail.prune(olderThanDays: 0, in: &db) == 3)
        #expect(try trail.verify([early, late], in: &db).faults.isEmpty)
        try tamper("UPDATE audit_anchors SET count = count + 1", in: &db)
        #expect(try trail.verify(in: &db).faults.map(\.kind) == [.anchor])
    }

    @Test func `what is broken is not pruned`() throws {
        var db = try database.connect()
        let owner = try user(&db)
        try append(4, for: owner, in: &db)
        try tamper(
            "UPDATE audit_events SET event_type = 'x' WHERE id = (SELECT max(id) - 1 FROM audit_events)", in: &db)
        #expect(throws: AuditError.self) { try trail.prune(olderThanDays: 0, in: &db) }
        #expect(try db.query("SELECT count(*) FROM audit_events").int(0, 0) == 4)
    }
}
