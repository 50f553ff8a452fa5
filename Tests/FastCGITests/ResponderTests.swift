import Foundation
import JSON
import SeededNumbers
import Testing

@Suite struct ResponderTests {
    private func ask(_ server: EchoServer, _ bytes: [UInt8]) throws -> Answer {
        let client = try Client(server)
        client.send(bytes)
        return try client.answer()
    }

    @Test func `hands over the whole request`() throws {
        let server = try EchoServer()
        let answer = try ask(
            server,
            Wire.get(
                "/api/a%20b?x=1&y=%C3%A9",
                [
                    ("HTTP_ACCEPT", "text/html"), ("HTTP_X_REQUEST_ID", "r"), ("REMOTE_ADDR", "192.0.2.1"),
                    ("REQUEST_ID", "abc-1"), ("HTTPS", "on"), ("CONTENT_TYPE", "application/json"),
                    ("HTTP_CONTENT_TYPE", "twice"), ("CONTENT_LENGTH", ""), ("SERVER_NAME", "x"),
                ]))
        #expect(answer.status == 200 && answer.protocolStatus == 0 && answer.requestID == 1)
        #expect(answer["Content-Type"] == "application/json")
        #expect(answer["Content-Length"] == String(answer.body.count))
        let json = try answer.json()
        #expect(json["method"] == "GET" && json["path"] == "/api/a%20b")
        #expect(json["segments"] == ["api", "a b"])
        #expect(json["query"] == [["x", "1"], ["y", "é"]])
        #expect(
            json["fields"] == ["accept": "text/html", "x-request-id": "r", "content-type": "application/json"])
        #expect(json["remote_address"] == "192.0.2.1" && json["request_id"] == "abc-1" && json["is_secure"] == true)
        #expect(json["body_bytes"] == 0)
        #expect(try server.waitFor("delivery") == "delivery sent")
    }

    @Test func `bytes of a field that are not ASCII mean nothing`() throws {
        let answer = try ask(EchoServer(), Wire.get("/", [("HTTP_X", "a\u{301}b"), ("CONTENT_TYPE", "é")]))
        #expect(try answer.json()["fields"] == ["x": "a\u{FFFD}\u{FFFD}b", "content-type": "\u{FFFD}\u{FFFD}"])
    }

    @Test(arguments: [0, 1, 8_191, 65_535, 200_000, 262_144])
    func `hands over the body`(_ count: Int) throws {
        let server = try EchoServer()
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let answer = try ask(server, Wire.post("/echo", body, recordBytes: 30_011))
        #expect(try answer.json()["body_bytes"] == .number(Number(count)))
        let sum = body.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF_FFFF
        #expect(try answer.json()["body_sum"] == .number(Number(sum)))
    }

    /// However the bytes are cut, the request is the same.
    @Test func `takes a request in pieces`() throws {
        let server = try EchoServer()
        let request = Wire.post("/echo", Array("0123456789".utf8), recordBytes: 3)
        for size in [1, 2, 3, 7, 50] {
            let client = try Client(server)
            for start in stride(from: 0, to: request.count, by: size) {
                client.send(Array(request[start..<min(start + size, request.count)]))
                if start % 5 == 0 { usleep(200) }
            }
            #expect(try client.answer().json()["body_bytes"] == 10, "pieces of \(size)")
        }
    }

    @Test func `takes parameters in many records and long forms`() throws {
        let server = try EchoServer()
        let long = String(repeating: "v", count: 20_000)
        let content = Wire.parameters("/echo", [("HTTP_LONG", long)])
        var bytes = Wire.begin(id: 513)
        for byte in content.prefix(300) { bytes += Wire.record(4, [byte], id: 513, padding: 1) }
        bytes += Wire.record(4, Array(content.dropFirst(300)), id: 513) + Wire.record(4, id: 513)
        let answer = try ask(server, bytes + Wire.record(5, id: 513))
        #expect(answer.requestID == 513)
        #expect(try answer.json()["fields"] == ["long": .string(long)])
    }

    @Test func `HEAD has the fields of GET and no body`() throws {
        let server = try EchoServer()
        let get = try ask(server, Wire.get("/live"))
        let head = try ask(server, Wire.get("/live", method: "HEAD"))
        #expect(head.status == 200 && head.body.isEmpty && !get.body.isEmpty)
        #expect(head["Content-Length"] == get["Content-Length"] && head["Content-Type"] == get["Content-Type"])
        let refused = try ask(server, Wire.get("/%", method: "HEAD"))
        #expect(refused.status == 400 && refused.body.isEmpty)
    }

    @Test func `no content has no length`() throws {
        let answer = try ask(EchoServer(), Wire.get("/nothing"))
        #expect(answer.status == 204 && answer.body.isEmpty && answer["Content-Length"] == nil)
    }

    @Test func `a field value cannot start another field`() throws {
        let answer = try ask(EchoServer(), Wire.get("/fields"))
        #expect(answer["X-Split"] == "a  X-Injected: b")
        #expect(answer["X-Injected"] == nil && answer["Bad Name"] == nil)
        #expect(answer["Content-Length"] == String(answer.body.count))
        #expect(answer.fields.filter { $0.name == "Set-Cookie" }.map(\.value) == ["a=1", "b=2"])
    }

    @Test(arguments: [0, 1, 65_528, 65_529, 1_000_000, 12_000_000])
    func `large answers arrive whole`(_ count: Int) throws {
        let answer = try ask(EchoServer(), Wire.get("/large/\(count)"))
        #expect(answer.body.count == count && answer["Content-Length"] == String(count))
        #expect(answer.protocolStatus == 0 && answer.recordLengths.last == 0)
    }

    @Test func `a head longer than a record is still an answer`() throws {
        let answer = try ask(EchoServer(), Wire.get("/wide"))
        #expect(answer["X-Wide"]?.utf8.count == 100_000)
    }

    // MARK: Bad input

    @Test(arguments: [
        ("/a%", 400), ("/%zz", 400), ("/a/../b", 400), ("/a//b", 400), ("/a%2fb", 400), ("/a%00", 400), ("/%ff", 400),
        ("relative", 400), ("/a?x=%", 400), ("/a?x=%ff", 400),
    ])
    func `refuses bad targets`(_ target: String, _ status: Int) throws {
        let answer = try ask(EchoServer(), Wire.get(target, [("REQUEST_ID", "id-7")]))
        #expect(answer.status == status && answer["Content-Type"] == "application/problem+json")
        #expect(try answer.json()["request_id"] == "id-7")
        #expect(try answer.json()["instance"]?.stringValue == target.components(separatedBy: "?")[0])
    }

    @Test func `refuses bad heads`() throws {
        let server = try EchoServer()
        func head(_ content: [UInt8]) -> [UInt8] { Wire.begin() + Wire.record(4, content) + Wire.record(4) }
        let hidden = Wire.record(4, Wire.parameters("/hidden")) + Wire.record(4)
        let cases: [(String, Int, [UInt8])] = [
            ("an unknown method", 405, Wire.get("/a", method: "BREW")),
            ("no method", 400, head(Wire.pair("REQUEST_URI", "/a"))),
            ("no target", 400, head(Wire.pair("REQUEST_METHOD", "GET"))),
            ("no parameters", 400, Wire.begin() + Wire.record(4)),
            ("a length that is no number", 400, Wire.post("/a", [], length: "1x")),
            ("a negative length", 400, Wire.post("/a", [], length: "-1")),
            ("a length beyond every integer", 413, Wire.post("/a", [], length: String(repeating: "9", count: 30))),
            ("a body over the bound", 413, Wire.post("/a", [UInt8](repeating: 1, count: 262_145))),
            ("a body much over the bound", 413, Wire.post("/a", [UInt8](repeating: 1, count: 3_000_000))),
            ("a body shorter than its length", 400, Wire.post("/a", [1, 2], length: "3")),
            ("a NUL in a value", 400, head(Wire.parameters("/a") + Wire.pair("X", "a\0b"))),
            ("an equals sign in a name", 400, head(Wire.parameters("/a") + Wire.pair("REQUEST_URI=/b", ""))),
            ("a pair longer than the content", 400, head(Wire.parameters("/a") + [5, 5, 65])),
            ("a length of two gigabytes", 400, head([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65])),
            ("parameters over the bound", 431, head(Wire.pair("X", String(repeating: "a", count: 50_000)))),
            (
                "parameters in too many records", 431,
                Wire.begin() + (0..<400).flatMap { _ in Wire.record(4, [1], padding: 255) }
            ),
            // libfcgi would take the filling for records that nobody has looked at.
            (
                "a beginning that is filled up", 400,
                [1, 1, 0, 1, 0, 8, UInt8(hidden.count), 0] + [0, 1, 0, 0, 0, 0, 0, 0] + hidden
                    + Wire.record(4, Wire.parameters("/a")) + Wire.record(4)
            ),
            ("input before the end of the parameters", 400, Wire.begin() + Wire.record(5, [1])),
            ("another request on the same connection", 400, Wire.begin() + Wire.record(4, [], id: 2)),
            (
                "management records", 400,
                Wire.begin() + Wire.record(9, (0..<50).flatMap { _ in Wire.pair("FCGI_MAX_CONNS", "") }, id: 0)
            ),
            (
                "management records inside a body", 400,
                Wire.head("/a", method: "POST", [("CONTENT_LENGTH", "5")])
                    + Wire.record(9, (0..<50).flatMap { _ in Wire.pair("FCGI_MAX_CONNS", "") }, id: 0)
            ),
        ]
        for (behaviour, status, bytes) in cases {
            let answer = try ask(server, bytes)
            #expect(answer.status == status, "\(behaviour)")
            #expect(answer.protocolStatus == 0, "\(behaviour)")
        }
        #expect(try ask(server, Wire.get("/live")).status == 200)
    }

    @Test func `another role is told so`() throws {
        let answer = try ask(EchoServer(), Wire.begin(role: 2) + Wire.record(4))
        #expect(answer.protocolStatus == 3 && answer.recordLengths.isEmpty)
    }

    @Test func `what is not FastCGI gets nothing`() throws {
        let server = try EchoServer()
        for bytes in [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), [1, 2, 3], [0],
            [1, 1, 0, 0, 0, 8, 0, 0] + [UInt8](repeating: 0, count: 8),
            Wire.begin() + Wire.record(2),
        ] {
            #expect(try ask(server, bytes).status == 0)
        }
        #expect(try ask(server, Wire.get("/live")).status == 200)
    }

    @Test func `damaged requests never stop the server`() throws {
        let server = try EchoServer(["READ_TIMEOUT": 20])
        var random = SplitMix(seed: 3)
        let valid = Wire.post("/echo?a=b", Array("{\"a\":1}".utf8))
        for _ in 0..<400 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<20, using: &random)))
                }
            }
            let client = try Client(server)
            client.send(bytes)
            client.finishSending()
            _ = try #require(client.receiveAll())
        }
        #expect(try ask(server, Wire.get("/live")).status == 200)
        #expect(server.isRunning)
    }

    // MARK: Peers that do not play along

    @Test func `a second request on the connection is not read`() throws {
        let answer = try ask(EchoServer(), Wire.get("/live") + Wire.get("/nothing"))
        #expect(answer.status == 200 && answer.recordLengths.count == 3)
    }

    @Test(arguments: [
        [], Array(Wire.post("/echo", [1, 2, 3]).prefix(30)), Array(Wire.post("/echo", [1, 2, 3]).dropLast(14)),
    ])
    func `a peer that stalls does not keep the process`(_ bytes: [UInt8]) throws {
        let server = try EchoServer(["READ_TIMEOUT": 100])
        let staller = try Client(server)
        staller.send(bytes)
        #expect(try ask(server, Wire.get("/live")).status == 200)
        #expect(staller.receiveAll() == [])
    }

    @Test func `a peer that leaves in the middle is forgotten`() throws {
        let server = try EchoServer()
        let request = Wire.post("/echo", [UInt8](repeating: 1, count: 1_000))
        for count in [0, 5, 16, 40, 200, 900] {
            try Client(server).send(Array(request.prefix(count)))
        }
        try Client(server).send(Wire.get("/large/5000000"))
        try server.waitFor("delivery peerGone")
        #expect(try ask(server, Wire.get("/live")).status == 200)
    }

    @Test func `a reader that stalls is cut off`() throws {
        let server = try EchoServer(["REQUEST_TIMEOUT": 300])
        let staller = try Client(server)
        staller.send(Wire.get("/large/12000000"))
        #expect(staller.receiveSome() > 0)
        #expect(try server.waitFor("delivery") == "delivery timedOut")
        #expect(try ask(server, Wire.get("/live")).status == 200)
        let rest = try #require(staller.receiveAll())
        #expect(rest.count < 12_000_000)
    }

    // MARK: The process

    @Test(arguments: [SIGTERM, SIGINT, SIGUSR1])
    func `stops when idle`(_ signal: Int32) throws {
        let server = try EchoServer()
        #expect(try ask(server, Wire.get("/live")).status == 200)
        server.send(signal: signal)
        #expect(try server.waitFor("stopped") == "stopped signal")
        #expect(server.exitStatus() == 0)
    }

    @Test func `stops between requests and never inside one`() throws {
        let server = try EchoServer()
        let client = try Client(server)
        client.send(Wire.get("/sleep/200"))
        try server.waitFor("sleeping")
        for _ in 0..<3 { server.send(signal: SIGTERM) }
        #expect(try client.answer().json()["status"] == "slept")
        #expect(try server.waitFor("stopped") == "stopped signal")
        #expect(server.exitStatus() == 0)
    }

    @Test func `stops after its last request`() throws {
        let server = try EchoServer(["MAX_REQUESTS": 3])
        for _ in 0..<3 { #expect(try ask(server, Wire.get("/live")).status == 200) }
        #expect(try server.waitFor("stopped") == "stopped maxRequests")
    }

    @Test func `stops above its memory bound`() throws {
        let server = try EchoServer(["MAX_MEMORY_MB": 100])
        for _ in 0..<16 { #expect(try ask(server, Wire.get("/live")).status == 200) }
        #expect(try ask(server, Wire.get("/allocate/150")).status == 200)
        for _ in 0..<15 { #expect(try ask(server, Wire.get("/live")).status == 200) }
        #expect(try server.waitFor("stopped").hasPrefix("stopped memory("))
    }

    @Test func `says when it is idle`() throws {
        let server = try EchoServer(["INTERVAL": 10])
        try server.waitFor("idle")
        try server.waitFor("idle")
        #expect(try ask(server, Wire.get("/live")).status == 200)
    }

    @Test func `says as much under load`() throws {
        let server = try EchoServer(["INTERVAL": 20])
        for _ in 0..<3 { #expect(try ask(server, Wire.get("/sleep/30")).status == 200) }
        try server.waitFor("idle")
    }

    /// Waiting inside `accept` it would see neither a stop signal nor the next tick of its watchdog.
    @Test(.timeLimit(.minutes(1)))
    func `a socket that a neighbour makes blocking holds nobody up`() throws {
        let server = try EchoServer(["INTERVAL": 10])
        server.makeSocketBlocking()
        #expect(try ask(server, Wire.get("/live")).status == 200)
        try server.waitFor("idle")
        server.send(signal: SIGTERM)
        #expect(try server.waitFor("stopped") == "stopped signal")
    }

    @Test func `several processes share one socket`() throws {
        let server = try EchoServer(processes: 3)
        let clients = try (0..<30).map { _ in try Client(server) }
        for client in clients { client.send(Wire.get("/sleep/2")) }
        for client in clients { #expect(try client.answer().status == 200) }
        // One leaves in order, one is killed; nobody who asks later notices.
        server.send(signal: SIGTERM)
        try server.waitFor("stopped")
        server.killOneOfTheOthers()
        for _ in 0..<30 { #expect(try ask(server, Wire.get("/live")).status == 200) }
    }
}
