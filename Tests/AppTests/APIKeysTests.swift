import HTTP
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct APIKeysTests {
    private static let database = try! TestDatabase()

    private func user(_ role: String, _ db: inout Connection) throws -> String {
        try db.query("INSERT INTO users (role) VALUES ($1) RETURNING id", [.text(role)]).string(0, 0)
    }

    @Test(arguments: [
        ("user", [Scope.read, .research, .trade], nil), ("user", [.read, .ingest], Scope.ingest),
        ("user", [.admin], .admin), ("operator", [.read, .ingest], nil), ("operator", [.admin], .admin),
        ("admin", Scope.allCases, nil),
    ])
    func `a key may do no more than its owner`(_ role: String, _ scopes: [Scope], _ refused: Scope?) throws {
        var db = try Self.database.connect()
        let owner = try user(role, &db)
        func make() throws {
            _ = try APIKeys.create(for: owner, name: "key", scopes: scopes, expiresInDays: nil, in: &db)
        }
        if let refused {
            #expect(throws: APIKeys.ScopeRefusal(scope: refused, role: Role(rawValue: role)!)) { try make() }
        } else {
            try make()
        }
        let kept = try db.query("SELECT count(*) FROM api_keys WHERE user_id = $1::uuid", [.text(owner)]).int(0, 0)
        #expect(kept == (refused == nil ? 1 : 0))
    }

    @Test func `a key of someone who is no admin any more has lost that scope`() throws {
        var db = try Self.database.connect()
        let owner = try user("admin", &db)
        let key = try APIKeys.create(for: owner, name: "key", scopes: [.read, .admin], expiresInDays: 1, in: &db).key
        let request = try Request(.get, "/x", fields: ["Authorization": "Bearer " + key])
        func caller(needing scope: Scope) throws -> Caller? {
            let access = try #require(try Access(request, .signedIn(scope), nil, AccessTests.configuration))
            let found = try access.ask(&db)
            try access.check(found)
            return found.caller
        }
        #expect(try caller(needing: .admin)?.userID == owner)
        try db.execute("UPDATE users SET role = 'user' WHERE id = $1::uuid", [.text(owner)])
        #expect(try caller(needing: .read)?.scopes == [.read])
        let refusal = #expect(throws: Problem.self) { try caller(needing: .admin) }
        #expect(refusal?.status == 403)
    }
}
