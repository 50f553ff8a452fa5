import Foundation
import JSON
import Testing

/// Bodies that are too large to be part of their request.
@Suite struct LargeBodyTests {
    private static let limits = ["MAX_STREAM": 4_000_000]

    private func body(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

    private func object(_ answer: Answer) throws -> Object { try #require(try parse(answer.body).objectValue) }

    @Test(arguments: [1, 262_144, 262_145, 1_000_000, 4_000_000], [60_000, 65_535, 777])
    func `arrive in pieces, all of them and nothing else`(_ count: Int, _ recordBytes: Int) throws {
        let server = try EchoServer(Self.limits), client = try Client(server), bytes = body(count)
        client.send(Wire.post("/take", bytes, recordBytes: recordBytes))
        let answer = try object(client.answer())
        #expect(answer["bytes"]?.numberValue?.int == count && answer["announced"]?.numberValue?.int == count)
        #expect(answer["sum"]?.numberValue?.int == bytes.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF_FFFF)
        #expect(answer["in_request"] == .bool(count <= 262_144))
        #expect(answer["is_small"] == .bool(count <= 65_536 || count > 262_144))
    }

    @Test func `are left where nobody takes them`() throws {
        let server = try EchoServer(Self.limits), client = try Client(server)
        client.send(Wire.post("/x", body(1_000_000)))
        #expect(try object(client.answer())["body_bytes"] == 0)
        let next = try Client(server)
        next.send(Wire.get("/live"))
        #expect(try next.answer().status == 200)
    }

    @Test func `beyond the bound are refused`() throws {
        let server = try EchoServer(Self.limits), client = try Client(server)
        client.send(Wire.head("/take", method: "POST", [("CONTENT_LENGTH", "4000001")]))
        #expect(try client.answer().status == 413)
    }

    @Test func `that break off are told to who takes them`() throws {
        let server = try EchoServer(Self.limits)
        var client: Client? = try Client(server)
        client?.send(Wire.post("/take", body(300_000), length: "1000000").dropLast(8).map { $0 })
        client = nil
        #expect(try server.waitFor("cut short") == "cut short after 300000")
    }

    @Test(arguments: ["an early end", "another record", "another request", "an abort"])
    func `that are not what they should be break off`(_ what: String) throws {
        let server = try EchoServer(Self.limits), client = try Client(server)
        let head = Wire.head("/take", method: "POST", [("CONTENT_LENGTH", "300000")])
        let wrong: [UInt8] =
            switch what {
            case "an early end": Wire.record(5)
            case "another record": Wire.record(4, [1])
            case "another request": Wire.record(5, [1], id: 2)
            default: Wire.record(2)
            }
        client.send(head + Wire.record(5, body(50_000)) + wrong)
        #expect(try server.waitFor("cut short") == "cut short after 50000")
        let next = try Client(server)
        next.send(Wire.get("/live"))
        #expect(try next.answer().status == 200)
    }
}
