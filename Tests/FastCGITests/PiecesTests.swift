import Foundation
import Testing

/// Answers that come piece by piece.
@Suite struct PiecesTests {
    private func body(_ pieces: Int) -> [UInt8] {
        (0..<pieces).flatMap { [UInt8](repeating: UInt8(ascii: "a") + UInt8($0 % 26), count: 10_000) }
    }

    @Test(arguments: [0, 1, 7, 26, 27, 300])
    func `pieces arrive in order, under one head without a length`(_ count: Int) throws {
        let server = try EchoServer(), client = try Client(server)
        client.send(Wire.get("/pieces/\(count)"))
        let answer = try client.answer()
        #expect(answer.status == 200 && answer["Content-Type"] == "text/plain" && answer["Content-Length"] == nil)
        #expect(answer.body == body(count))
        #expect(try server.waitFor("delivery") == "delivery sent")
    }

    /// Whoever asks in it sees no other end than that of the connection.
    @Test(arguments: [0, 1, 27, 300])
    func `pieces arrive with their length where the version has no chunks`(_ count: Int) throws {
        let server = try EchoServer(), client = try Client(server)
        client.send(Wire.get("/pieces/\(count)", [("SERVER_PROTOCOL", "HTTP/1.0")]))
        let answer = try client.answer()
        #expect(answer.status == 200 && answer["Content-Length"] == String(count * 10_000))
        #expect(answer.body == body(count))
        #expect(try server.waitFor("delivery") == "delivery sent")
        let failing = try Client(server)
        failing.send(Wire.get("/broken/300", [("SERVER_PROTOCOL", "HTTP/1.0")]))
        #expect(try failing.answer().status == 500, "however much of it was made")
    }

    @Test func `HEAD has no pieces`() throws {
        let server = try EchoServer(), client = try Client(server)
        client.send(Wire.get("/pieces/50", method: "HEAD"))
        let answer = try client.answer()
        #expect(answer.status == 200 && answer.body.isEmpty)
    }

    @Test func `what fails before anything has gone out is answered as ever`() throws {
        let server = try EchoServer(), client = try Client(server)
        client.send(Wire.get("/broken/3"))
        let answer = try client.answer()
        #expect(answer.status == 500 && answer["X-Said"] == "instead" && answer.body.isEmpty)
        #expect(try server.waitFor("delivery") == "delivery sent")
    }

    @Test func `what fails later ends without its end, so that nobody takes it for the whole`() throws {
        let server = try EchoServer(), client = try Client(server)
        client.send(Wire.get("/broken/300"))
        let bytes = try #require(client.receiveAll())
        // The record that ends a request has the type 3.
        #expect(bytes.count > 256 << 10 && Array(bytes.suffix(16).prefix(2)) != [1, 3])
        #expect(try server.waitFor("delivery") == "delivery cutShort")
        let next = try Client(server)
        next.send(Wire.get("/pieces/2"))
        #expect(try next.answer().body == body(2))
    }

    @Test func `who goes away or stalls ends the making of it`() throws {
        let server = try EchoServer(["REQUEST_TIMEOUT": 300])
        var gone: Client? = try Client(server)
        gone?.send(Wire.get("/pieces/100000"))
        _ = gone?.receiveSome()
        gone = nil
        #expect(try server.waitFor("closed") == "closed")
        #expect(try server.waitFor("delivery") == "delivery peerGone")
        let stalled = try Client(server)
        stalled.send(Wire.get("/pieces/100000"))
        #expect(try server.waitFor("closed") == "closed")
        #expect(try server.waitFor("delivery") == "delivery timedOut")
    }
}
