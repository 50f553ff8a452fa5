import Crypto
import JSON
import TestSupport
import Testing

@testable import App

@Suite struct EnumerationTests {
    private func options(_ browser: TestBrowser, _ email: String) throws -> Object {
        let answer = try browser.send("POST", "/api/auth/webauthn/login/options", ["email": .string(email)])
        #expect(answer.status == 200)
        return try #require(answer.object?["public_key"]?.objectValue)
    }

    /// What a document looks like without its values.
    private func shape(_ value: Value) -> String {
        switch value {
        case .object(let object):
            "{" + object.members.map { "\($0.name):\(shape($0.value))" }.joined(separator: ",") + "}"
        case .array(let items): "[" + (items.first.map(shape) ?? "") + "]"
        default: value.kind
        }
    }

    @Test func `a known and an unknown email get answers of one form`() throws {
        let installation = try Installation()
        _ = try installation.user("known@example.org")
        let browser = installation.browser()
        let known = try options(browser, "known@example.org"), unknown = try options(browser, "unknown@example.org")
        #expect(shape(.object(known)) == shape(.object(unknown)))
        #expect(known["allowCredentials"]?.arrayValue?.isEmpty == false)
    }

    @Test func `asking twice gets the same passkeys, for known and unknown alike`() throws {
        let installation = try Installation()
        _ = try installation.user("known@example.org")
        for email in ["known@example.org", "unknown@example.org"] {
            let lists = try [email, email.uppercased()].map {
                try options(installation.browser(), $0)["allowCredentials"]
            }
            #expect(lists[0] == lists[1], "\(email)")
        }
        let others = try ["a@example.org", "b@example.org"].map { try options(installation.browser(), $0) }
        #expect(others[0]["allowCredentials"] != others[1]["allowCredentials"])
        #expect(others[0]["challenge"] != others[1]["challenge"])
    }

    @Test func `accounts with somebody's email push out nothing and add nothing`() throws {
        let installation = try Installation()
        func listed() throws -> [String] {
            let list = try options(installation.browser(), "known@example.org")["allowCredentials"]?.arrayValue ?? []
            return list.compactMap { $0.objectValue?["id"]?.stringValue }.sorted()
        }
        let (owner, first) = try installation.user("known@example.org")
        #expect(try owner.addPasskey(installation.authenticator()).status == 201)
        let before = try listed()
        #expect(before.count == 2)
        for _ in 0..<30 { _ = try installation.user("KNOWN@example.org") }
        #expect(try listed() == before)
        #expect(try installation.browser().signIn(first, email: "known@example.org").status == 200)
        // Who has proven it is its owner, whoever wrote it first.
        let (late, proven) = try installation.user("known@example.org")
        let id = try #require(try late.send("GET", "/api/me").object?["id"]?.stringValue)
        var db = try installation.database.connect()
        try db.execute("UPDATE users SET email_verified_at = now() WHERE id = $1::uuid", [.text(id)])
        #expect(try listed().count == 1)
        #expect(try installation.browser().signIn(proven, email: "known@example.org").status == 200)
        // An account that nobody can sign in to says nothing.
        try db.execute("DELETE FROM webauthn_credentials WHERE user_id = $1::uuid", [.text(id)])
        #expect(try listed() == before)
    }

    @Test func `another installation has other stand-ins, and none is in the database`() throws {
        let key = Array("one".utf8), other = Array("two".utf8)
        #expect(PasskeyDescriptor.standIns(for: "x@y", key: key) != PasskeyDescriptor.standIns(for: "x@y", key: other))
        var lengths: Set<Int> = [], counts: Set<Int> = []
        for number in 0..<200 {
            let made = PasskeyDescriptor.standIns(for: "\(number)@example.org", key: key)
            counts.insert(made.count)
            lengths.formUnion(made.map(\.id.count))
        }
        #expect(counts == [1, 2] && lengths == [16, 20, 32, 48, 64])
    }

    @Test func `an answer to a stand-in is refused like any unknown passkey`() throws {
        let installation = try Installation()
        let (_, authenticator) = try installation.user("known@example.org")
        let browser = installation.browser()
        let options = try options(browser, "unknown@example.org")
        let credential = try authenticator.get(.object(options), with: authenticator.passkeys[0])
        let answer = try browser.send("POST", "/api/auth/webauthn/login/verify", ["credential": credential])
        #expect(answer.status == 401 && answer.fieldCode == "PASSKEY_REJECTED")
    }

    /// The medians of many answers in turns; a margin that noise does not reach, and a look at another table would not hide
    /// behind.
    @Test func `the time of an answer does not tell either`() throws {
        let installation = try Installation()
        _ = try installation.user("known@example.org")
        let browser = installation.browser()
        var times: [String: [Duration]] = [:]
        for _ in 0..<200 {
            for email in ["known@example.org", "unknown@example.org"] {
                let clock = ContinuousClock()
                times[email, default: []].append(try clock.measure { _ = try options(browser, email) })
            }
        }
        // The fastest tenth of each: whoever else uses the machine only ever adds.
        let best = times.mapValues { $0.sorted()[$0.count / 10] }
        let known = try #require(best["known@example.org"]), unknown = try #require(best["unknown@example.org"])
        #expect(known < unknown * 2 && unknown < known * 2, "known \(known), unknown \(unknown)")
    }
}
