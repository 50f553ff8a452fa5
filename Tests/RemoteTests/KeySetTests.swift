import Crypto
import JSON
import Testing

@testable import Remote

@Suite struct KeySetTests {
    private func document(_ keys: [Object]) -> [UInt8] {
        Value.object(["keys": .array(keys.map { .object($0) })]).bytes
    }

    private func set(_ id: String) throws -> KeySet { try #require(KeySet(document([TestIssuer().jwk(id: id)]))) }

    @Test func `keys are found by their ids`() throws {
        let issuer = TestIssuer()
        let keys = try #require(KeySet(document([issuer.jwk(id: "a"), TestIssuer().jwk(id: "b")])))
        #expect(keys["a"] == issuer.publicKey && keys["b"] != nil && keys["c"] == nil)
    }

    @Test func `a key without use and algorithm is taken`() throws {
        let jwk = TestIssuer().jwk().with("use", nil).with("alg", nil)
        #expect(KeySet(document([jwk])) != nil)
    }

    @Test(arguments: [
        ("of another kind", "kty", "EC" as Value?), ("for encryption", "use", "enc"),
        ("for another algorithm", "alg", "RS512"),
        ("without id", "kid", nil), ("with an empty id", "kid", ""), ("without modulus", "n", nil),
        ("with a modulus that is no base64url", "n", "AQ=="), ("with a small modulus", "n", "wQ"),
        ("with an even exponent", "e", "AQAA"), ("with the exponent 1", "e", "AQ"),
    ])
    func `a key is left out`(_ what: String, _ name: String, _ value: Value?) throws {
        let wrong = TestIssuer().jwk(id: "wrong").with(name, value)
        #expect(KeySet(document([wrong])) == nil, "\(what)")
        let keys = try #require(KeySet(document([wrong, TestIssuer().jwk(id: "good")])))
        #expect(keys["good"] != nil && keys["wrong"] == nil)
    }

    @Test(arguments: ["", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1]}"#, "<html>"])
    func `what holds no key is no set`(_ text: String) {
        #expect(KeySet(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        (nil as String?, nil as Int?), ("", nil), ("max-age=60", 60),
        ("public, max-age=21600, must-revalidate", 21_600),
        ("Max-Age=5", 5), ("max-age=\"7\"", 7), ("max-age=-1", nil), ("max-age=x", nil), ("s-maxage=9", nil),
    ])
    func `the age is read from the field`(_ field: String?, _ seconds: Int?) {
        #expect(KeySetCache.maxAge(field) == seconds)
    }

    private struct Failure: Error {}

    @Test func `a set is asked for once and kept as long as its provider says`() throws {
        var cache = KeySetCache(), fetches = 0
        let keys = try set("a")
        let fetch = { () throws -> KeySetCache.Fetched in
            fetches += 1
            return .init(keys: keys, maxAge: 1_000)
        }
        for now in [0, 1, 999] { #expect(try cache.key("a", now: now, fetch: fetch) != nil) }
        #expect(fetches == 1)
        #expect(try cache.key("a", now: 1_000, fetch: fetch) != nil)
        #expect(fetches == 2)
    }

    @Test(arguments: [(1, 299, 300), (nil as Int?, 3_599, 3_600), (10_000_000, 86_399, 86_400)])
    func `the age has a floor and a ceiling`(_ maxAge: Int?, _ fresh: Int, _ stale: Int) throws {
        var cache = KeySetCache(), fetches = 0
        let keys = try set("a")
        for (now, expected) in [(0, 1), (fresh, 1), (stale, 2)] {
            _ = try cache.key("a", now: now) {
                fetches += 1
                return .init(keys: keys, maxAge: maxAge)
            }
            #expect(fetches == expected, "at \(now)")
        }
    }

    @Test func `an unknown key has the set fetched again, but not without end`() throws {
        var cache = KeySetCache(), fetches = 0
        let old = try set("old"), new = try set("new")
        let fetch = { () throws -> KeySetCache.Fetched in
            fetches += 1
            return .init(keys: fetches == 1 ? old : new, maxAge: 3_600)
        }
        #expect(try cache.key("old", now: 0, fetch: fetch) != nil)
        // Just asked: whoever invents key ids makes nobody ask again.
        #expect(try cache.key("new", now: 59, fetch: fetch) == nil && fetches == 1)
        #expect(try cache.key("new", now: 60, fetch: fetch) != nil && fetches == 2)
        for now in 61..<120 { #expect(try cache.key("invented", now: now, fetch: fetch) == nil) }
        #expect(fetches == 2)
    }

    @Test func `a provider that cannot be asked keeps its last good set`() throws {
        var cache = KeySetCache(), attempts = 0
        let keys = try set("a")
        #expect(throws: Failure.self) { try cache.key("a", now: 0) { throw Failure() } }
        #expect(try cache.key("a", now: 1) { .init(keys: keys, maxAge: 300) } != nil)
        for now in [301, 302, 360, 361, 100_000] {
            let key = try cache.key("a", now: now) {
                attempts += 1
                throw Failure()
            }
            #expect(key != nil, "at \(now)")
        }
        // At 301, 361 and 100,000: a provider that is down is not asked at every sign-in.
        #expect(attempts == 3)
    }
}
