import Foundation
import JSON
import TestSupport
import Testing

/// Whether the release binaries are there: `make test` builds them and says where.
let hasBuild = TestServer.build != nil

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct HealthTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    @Test func `a live process says so`() throws {
        let answer = try server.client.send("GET", "/api/health/live")
        #expect(answer.status == 200)
        #expect(answer.object == ["status": "ok"])
        #expect(answer["Cache-Control"] == "no-store")
    }

    @Test func `HEAD has the length of GET and no body`() throws {
        let get = try server.client.send("GET", "/api/health/live")
        let head = try server.client.send("HEAD", "/api/health/live")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head["Content-Length"] == String(get.body.count))
    }

    @Test func `readiness names every part`() throws {
        let answer = try server.client.send("GET", "/api/health/ready")
        let checks = try #require(answer.object?["checks"]?.objectValue)
        #expect(checks.names == ["database", "schema", "backtest_daemon", "market_data", "server_secret"])
        for name in checks.names { #expect(checks[name]?.objectValue?["status"] == "up", "\(name)") }
    }

    @Test func `a client's request id comes back, a bad one is replaced`() throws {
        let kept = try server.client.send("GET", "/api/health/live", fields: [("X-Request-Id", "my-id.1")])
        #expect(kept["X-Request-Id"] == "my-id.1")
        let replaced = try server.client.send("GET", "/api/health/live", fields: [("X-Request-Id", "a b\"c")])
        let id = try #require(replaced["X-Request-Id"])
        #expect(id != "a b\"c" && (1...64).contains(id.count))
    }

    @Test func `an idle responder is small`() throws {
        // Killed ones come back, so a number of the list may be gone when we look.
        let sizes = try server.pids("responder").compactMap { pid in
            (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8))?.split(separator: "\n")
                .first { $0.hasPrefix("VmRSS:") }.flatMap { Int($0.split(separator: " ")[1]) }
        }
        #expect(!sizes.isEmpty)
        // The promise is 12 MB for one that has just started; the others have served the other tests' large answers.
        #expect(sizes.min() ?? .max <= 24 * 1024, "resident kilobytes: \(sizes)")
    }

    @Test func `the OpenAPI document describes the API`() throws {
        let answer = try server.client.send("GET", "/api/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.object?["openapi"] == "3.1.0")
        #expect(answer.object?["paths"]?.objectValue?["/api/backtests"] != nil)
    }
}

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct HostileRequestTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    @Test(arguments: [
        ("an unknown address", "GET", "/api/nothing", 404, "NOT_FOUND"),
        ("a method the address does not take", "DELETE", "/api/health/live", 405, "METHOD_NOT_ALLOWED"),
        ("an unknown query parameter", "GET", "/api/symbols/search?colour=red", 400, "VALIDATION_ERROR"),
        ("a repeated query parameter", "GET", "/api/symbols/search?q=a&q=b", 400, "VALIDATION_ERROR"),
        ("a broken percent escape", "GET", "/api/symbols/search?q=%zz", 400, "VALIDATION_ERROR"),
        ("bytes that are not UTF-8", "GET", "/api/symbols/search?q=%ff%fe", 400, "VALIDATION_ERROR"),
        ("a zero byte", "GET", "/api/symbols/search?q=%00", 400, "VALIDATION_ERROR"),
        ("a limit out of bounds", "GET", "/api/symbols/search?limit=0", 400, "VALIDATION_ERROR"),
        ("a limit that overflows", "GET", "/api/symbols/search?limit=99999999999999999999", 400, "VALIDATION_ERROR"),
        ("a ticker no symbol has", "GET", "/api/symbols/%20", 400, "VALIDATION_ERROR"),
        ("no key", "GET", "/api/strategies", 401, "UNAUTHORIZED"),
    ])
    func `refuses`(_ what: String, _ method: String, _ target: String, _ status: Int, _ code: String) throws {
        let answer = try server.client.send(method, target)
        #expect(answer.status == status, "\(what)")
        #expect(answer["Content-Type"] == "application/problem+json", "\(what)")
        #expect(answer.code == code, "\(what)")
        #expect(answer.object?["request_id"]?.stringValue == answer["X-Request-Id"], "\(what)")
        #expect(answer.object?["status"]?.numberValue?.int == status, "\(what)")
    }

    @Test(arguments: [
        ("a body that is no JSON", "{", 400), ("a list", "[]", 400),
        ("a duplicate key", "{\"name\":1,\"name\":2}", 400),
        ("a lone surrogate", "{\"name\":\"\\ud800\"}", 400), ("an unknown key", "{\"colour\":1}", 400),
        ("deep nesting", String(repeating: "[", count: 5_000), 400), ("nothing", "", 400),
    ])
    func `a bad body changes nothing`(_ what: String, _ body: String, _ status: Int) throws {
        let answer = try server.client.send("POST", "/api/strategies", key: server.key, json: body)
        #expect(answer.status == status, "\(what): \(answer.text)")
        #expect(answer.code == "VALIDATION_ERROR", "\(what)")
    }

    @Test func `a body of another type is refused`() throws {
        let answer = try server.client.send(
            "POST", "/api/strategies", key: server.key, body: Array("name=x".utf8),
            fields: [("Content-Type", "application/x-www-form-urlencoded")])
        #expect(answer.status == 415 && answer.code == "UNSUPPORTED_MEDIA_TYPE")
    }

    @Test func `an oversized body is refused in the same form`() throws {
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 300_000)
        let answer = try server.client.send("POST", "/api/strategies", key: server.key, body: body)
        #expect(answer.status == 413 && answer.code == "PAYLOAD_TOO_LARGE")
    }

    @Test(arguments: [(16_384, 400), (16_385, 413)])
    func `a body that nobody has to answer for is bounded by what it needs`(_ bytes: Int, _ status: Int) throws {
        let body = "{\"x\":1}" + String(repeating: " ", count: bytes - 7)
        let answer = try server.client.send(
            "POST", "/api/auth/webauthn/login/options", json: body,
            fields: [("Origin", TestBrowser(server.client).origin)])
        #expect(answer.status == status, "\(answer.text)")
    }

    @Test(arguments: [
        ("BREW", "/api/symbols/search", 405, "GET, HEAD"), ("TRACE", "/api/symbols/search", 405, "GET, HEAD"),
        ("PUT", "/api/strategies", 405, "GET, HEAD, POST"), ("BREW", "/api/strategies", 405, "GET, HEAD, POST"),
        ("TRACE", "/api/strategies", 405, "GET, HEAD, POST"), ("BREW", "/api/nothing", 404, nil),
        // Of the other pool, which nginx does not ask then.
        ("TRACE", "/api/auth/oauth/google/start", 405, "GET, HEAD"),
        ("TRACE", "/api/me/oauth/google", 405, "POST, DELETE"),
    ])
    func `a method that an address does not take is told those that it takes`(
        _ method: String, _ path: String, _ status: Int, _ allowed: String?
    ) throws {
        let answer = try server.client.send(method, path)
        #expect(answer.status == status && answer["Allow"] == allowed, "\(answer.text)")
        #expect(answer["Content-Type"] == "application/problem+json")
    }

    @Test func `a wrong key is refused and not repeated in the answer`() throws {
        let answer = try server.client.send("GET", "/api/strategies", key: "bsk_" + String(repeating: "x", count: 43))
        #expect(answer.status == 401)
        #expect(!answer.text.contains("xxxx"))
        #expect(answer["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
    }

    @Test func `a client that goes away in the middle harms nobody`() throws {
        let head =
            "POST /api/strategies HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
        for _ in 0..<20 { try server.client.abandon(Array(head.utf8)) }
        #expect(try server.client.send("GET", "/api/health/live").status == 200)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}garbage\r\n\r\n",
        "GET /api/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ])
    func `garbage gets an answer and no crash`(_ bytes: String) throws {
        let answer = try server.client.exchange(Array(bytes.utf8))
        #expect((400...499).contains(answer.status))
        #expect(try server.client.send("GET", "/api/health/live").status == 200)
    }
}
