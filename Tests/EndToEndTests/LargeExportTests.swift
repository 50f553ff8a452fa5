import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// More than a process may hold, through the real nginx, with one responder for everybody.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct LargeExportTests {
    @Test func `an export of 100 MB takes little memory, and a reader that stalls takes no responder`() throws {
        let server = try TestServer(responders: 1)
        defer { server.stop() }
        let browser = TestBrowser(server.client), authenticator = SoftwareAuthenticator(origin: browser.origin, .es256)
        #expect(try browser.signUp("big@example.org", authenticator).status == 201)
        var db = try Connection(server.databaseURL(), SessionSettings(statementTimeoutMilliseconds: 120_000))
        try db.script(
            """
            INSERT INTO strategies (user_id, lineage_id, name, description, asset_type, timeframe)
              SELECT id, gen_random_uuid(), 's' || i, repeat('é', 10000), 'EQUITY', '1d'
              FROM users, generate_series(1, 2600) i WHERE email = 'big@example.org';
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
              SELECT s.id, v, jsonb_build_object('words', repeat('x', 6000)), repeat('ab', 32)
              FROM strategies s, generate_series(1, 4) v WHERE s.name LIKE 's%'
            """)
        let responder = try #require(server.pids("responder").first)
        // What the server was asked for before, the description of the API among it, is given back.
        try poll("the responder holds no more than it needs") { try kilobytes("VmRSS:", of: responder) < 16_300 }
        // What a start takes is not meant: the kernel forgets the most there ever was.
        try "5".write(toFile: "/proc/\(responder)/clear_refs", atomically: false, encoding: .utf8)
        let cookies = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let request = """
            GET /api/me/export HTTP/1.1\r\nHost: localhost:\(server.client.port)\r\nConnection: close\r\n\
            Cookie: \(cookies)\r\nSec-Fetch-Site: same-origin\r\n\r\n
            """
        let stalled = try open(server.client.port)
        defer { close(stalled) }
        #expect(Glibc.send(stalled, request, request.utf8.count, 0) == request.utf8.count)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        #expect(recv(stalled, &buffer, 100, 0) > 0)
        // The reader reads no more. The only responder is free for others as soon as nginx has it all.
        for _ in 0..<20 { #expect(try server.client.send("GET", "/api/symbols/TSTA", seconds: 20).status == 200) }
        let peak = try kilobytes("VmHWM:", of: responder)
        // More than half of it is the program itself, of which all responders share one copy, and which has grown past the
        // 16 MB that were meant.
        #expect(peak < 17 << 10, "\(peak) kB")
        #expect(try server.pids("responder") == [responder])
        var bytes = 100, tail: [UInt8] = [], commas = 0
        while true {
            let count = recv(stalled, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += count
            commas += buffer[..<count].filter { $0 == UInt8(ascii: "[") }.count
            tail = (tail + buffer[..<count]).suffix(16)
        }
        #expect(bytes > 100_000_000 && commas >= 2_600)
        #expect(String(decoding: tail, as: UTF8.self).hasSuffix("]}\r\n0\r\n\r\n"))
    }

    /// What is resident, or the most that ever was.
    private func kilobytes(_ name: String, of process: pid_t) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return try #require(line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
    }

    private func open(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var small: Int32 = 4_096
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        guard onLoopback(connect, descriptor, port) else {
            throw TestServer.Failure(description: "connect: errno \(errno)")
        }
        return descriptor
    }
}
