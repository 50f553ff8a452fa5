import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct UserAdministrationTests {
    @Test func `what locks a user lets others write down what that user did`() throws {
        let installation = try Installation()
        let (admin, _) = try installation.user("admin@example.org")
        let id = try #require(try admin.send("GET", "/api/me").object?["id"]?.stringValue)
        var locking = try installation.database.connect(), writing = try installation.database.connect()
        try writing.script("SET lock_timeout = '5s'")
        for lock in [Query<Bool>.lockingUser(id).map { _ in }, Query<[String]>.lockingAdmins().map { _ in }] {
            try locking.transaction(opening: lock) { (_: inout Connection, _) in
                try writing.script("INSERT INTO ai_usage (user_id, date) VALUES ('\(id)', current_date)")
                try writing.script("DELETE FROM ai_usage")
            }
        }
    }

    @Test func `an admin lists, promotes and shuts out, and nobody else does`() throws {
        let installation = try Installation()
        let (admin, _) = try installation.user("admin@example.org")
        let (bob, phone) = try installation.user("bob@example.org")
        let id = try #require(try bob.send("GET", "/api/me").object?["id"]?.stringValue)
        #expect(try bob.send("GET", "/api/users").status == 403)
        #expect(try bob.send("PATCH", "/api/users/\(id)", ["role": "admin"]).status == 403)
        let list = try admin.send("GET", "/api/users?limit=1")
        #expect(list.object?["users"]?.arrayValue?.count == 1 && list.object?["has_more"] == true)
        let promoted = try admin.send("PATCH", "/api/users/\(id)", ["role": "operator"])
        #expect(promoted.object?["role"] == "operator", "\(promoted.text)")
        #expect(try bob.send("GET", "/api/me").object?["scopes"] == ["read", "research", "trade", "ingest"])

        #expect(try admin.send("PATCH", "/api/users/\(id)", ["disabled": true]).object?["disabled"] == true)
        #expect(try bob.send("GET", "/api/me").status == 401)
        let refused = try installation.browser().signIn(phone)
        #expect(refused.status == 403 && refused.code == "FORBIDDEN")
        #expect(try admin.send("PATCH", "/api/users/\(id)", ["disabled": false]).object?["disabled"] == false)
        #expect(try installation.browser().signIn(phone).status == 200)
        let types = try installation.events().map(\.type)
        for type in ["user.role_changed", "user.disabled", "user.enabled", "session.refused"] {
            #expect(types.contains(type), "\(type)")
        }
        for wrong: Value in [["role": "root"], ["disabled": 1], ["email": "x@y"]] {
            #expect(try admin.send("PATCH", "/api/users/\(id)", wrong).status == 400, "\(wrong)")
        }
        #expect(try admin.send("PATCH", "/api/users/none", ["role": "user"]).status == 404)
        try installation.age(minutes: 6)
        #expect(
            try admin.send("PATCH", "/api/users/\(id)", ["role": "user"]).code == "REAUTHENTICATION_REQUIRED")
    }

    @Test func `one admin always stays`() throws {
        let installation = try Installation()
        let (admin, _) = try installation.user("admin@example.org")
        let (bob, _) = try installation.user("bob@example.org")
        let ids = try [admin, bob].map { try #require(try $0.send("GET", "/api/me").object?["id"]?.stringValue) }
        for change: Value in [["role": "user"], ["disabled": true]] {
            #expect(try admin.send("PATCH", "/api/users/\(ids[0])", change).status == 409, "\(change)")
        }
        #expect(try admin.send("PATCH", "/api/users/\(ids[1])", ["role": "admin"]).status == 200)
        #expect(try admin.send("PATCH", "/api/users/\(ids[0])", ["role": "user"]).status == 200)
        #expect(try admin.send("PATCH", "/api/users/\(ids[1])", ["role": "user"]).status == 403)
        #expect(try bob.send("GET", "/api/users").status == 200)
    }
}
