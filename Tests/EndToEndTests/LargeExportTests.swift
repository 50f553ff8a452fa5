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
        let responder = try settled(server)
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
        try expectLittleMemory(of: responder)
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

    @Test func `files of a run of 200,000 bars take as little, and are whole`() throws {
        let server = try TestServer(responders: 1)
        defer { server.stop() }
        let days = 8_333, first = 7_305
        let lines = (0..<days * 24).map { hour -> String in
            let time = Date(timeIntervalSince1970: Double((first * 24 + hour) * 3_600)).formatted(.iso8601)
            // Up and down, so that there are trades, at prices that have digits.
            let price = 100 + 50 * sin(Double(hour) / 40) + Double(hour % 17) / 7
            return String(format: "%@,%.6f,%.6f,%.6f,%.6f,%d", time, price, price + 2, price - 2, price + 1, hour)
        }
        let folder = try TemporaryFolder(), prices = folder.path + "/big.csv", report = folder.path + "/report.json"
        try (["time,open,high,low,close,volume"] + lines).joined(separator: "\n")
            .write(toFile: prices, atomically: true, encoding: .utf8)
        try server.command("import", "--symbol", "BIG-USD", "--asset-type", "CRYPTO", "--timeframe", "1h", prices)
        let run = try server.finished(
            server.backtest(
                strategy: server.strategy("big", assetType: "CRYPTO", timeframe: "1h"), symbol: "BIG-USD",
                timeframe: "1h", from: "1990-01-01", to: "2012-10-24"))
        let id = try #require(run["id"]?.stringValue)
        let trades = try #require(run["results"]?.objectValue?["num_trades"]?.numberValue?.int)
        let responder = try settled(server)
        for (file, lines) in [
            ("trades.csv", trades), ("equity.csv", days * 24), ("equity.csv?columns=all", days * 24),
            ("report.json", 0),
        ] {
            let answer = try server.client.send(
                "GET", "/api/backtests/\(id)/\(file)", key: server.key, seconds: 60)
            #expect(answer.status == 200 && answer.body.count > 100 * lines / 8, "\(file)")
            if lines > 0 { #expect(answer.body.count { $0 == UInt8(ascii: "\n") } == lines + 1, "\(file)") }
            if file == "report.json" {
                #expect(answer.body.count > 20_000_000)
                try Data(answer.body).write(to: URL(fileURLWithPath: report))
            }
            try expectLittleMemory(of: responder)
        }
        #expect(try server.pids("responder") == [responder])
        let verified = try TestServer.run(["verify", report])
        #expect(verified.status == 0, "\(verified.output) \(verified.errors)")
    }

    /// The only responder, which holds no more than it needs.
    private func settled(_ server: TestServer) throws -> pid_t {
        let responder = try #require(server.pids("responder").first)
        // What the server was asked for before, the description of the API among it, is given back.
        try poll("the responder holds no more than it needs") { try kilobytes("VmRSS:", of: responder) < 12_000 }
        // What a start takes is not meant: the kernel forgets the most there ever was.
        try "5".write(toFile: "/proc/\(responder)/clear_refs", atomically: false, encoding: .utf8)
        return responder
    }

    private func expectLittleMemory(of responder: pid_t) throws {
        let peak = try kilobytes("VmHWM:", of: responder)
        // More than half of it is the program itself, of which all responders share one copy.
        #expect(peak < 16 << 10, "\(peak) kB")
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
