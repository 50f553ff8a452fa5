import Compression
import Crypto
import Glibc
import HTTP
import JSON
import System
import Telemetry
import Testing

@Suite struct GroundExamples {
    @Test func `dates and names`() {
        #expect(CivilDate(daysSinceEpoch: 19_782) == CivilDate(year: 2024, month: 2, day: 29))
        #expect(CivilDate(year: 2023, month: 2, day: 29) == nil)
        #expect(UUID("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6")?.text == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
    }

    @Test func `descriptors, and waiting for them`() throws {
        let file = try Descriptor(opening: "/proc/version")
        let text = try File.contents(from: file.raw, named: "/proc/version", maximumBytes: 4_096)
        #expect(text.starts(with: "Linux".utf8))
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let reader = Descriptor(owning: ends[0]), writer = Descriptor(owning: ends[1])
        let descriptor = reader.raw
        let deadline = Deadline(milliseconds: 20)
        #expect(try deadline.wait(for: descriptor, POLLIN) == 0)
        _ = writer.raw
    }

    @Test func `documents`() throws {
        let value = try parse(Array(#"{"count": 1.0, "symbol": "AAPL"}"#.utf8))
        #expect(value.objectValue?["symbol"]?.stringValue == "AAPL")
        #expect(value.objectValue?["count"]?.numberValue?.int == nil)
        var json = Writer()
        json.object { json in json.member("bars", 3) }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"bars":3}"#)
    }

    @Test func `metrics`() {
        var table = MetricTable(prefix: "bitstockerz_")
        let starts = table.counter("process_starts", "Processes started.", Label("program", ["responder", "worker"]))
        starts.add(at: 1)
        #expect(table.metrics.count == 1)
    }

    @Test func `requests, their routes and their problems`() throws {
        let request = try Request(.get, "/api/symbols/BTC%2DUSD?limit=5")
        #expect(request.segments == ["api", "symbols", "BTC-USD"])
        #expect(request.query["limit"] == "5")
        let router = Router([(.get, "/api/strategies/{id}", "one"), (.get, "/api/strategies", "all")])
        let match = router.match(.get, ["api", "strategies", "7"])
        let isFound = if case .found("one", ["id": "7"]) = match { true } else { false }
        #expect(isFound)
        let fields: Fields = ["Content-Type": "text/csv"]
        #expect(fields["content-type"] == "text/csv")
        let problem = Problem(status: 409, code: "CONFLICT", suffix: "conflict", title: "It has changed meanwhile")
        let type = problem.response(instance: "/api/me", requestID: "r1").fields["Content-Type"]
        #expect(type == "application/problem+json")
    }

    @Test func `digests, keys and sealed streams`() throws {
        #expect(hex(Digest.sha256(Array("abc".utf8))).prefix(8) == "ba7816bf")
        let message = Array("message".utf8)
        let key = PrivateKey(.elliptic(.p256))
        let signature = key.sign(message, .ecdsa(.sha256))!
        #expect(key.publicKey.verifies(signature, of: message, .ecdsa(.sha256)) == true)
        try seal(Random.bytes(SealedStream.keyLength), Random.bytes(SealedStream.prefixLength))
    }

    private func seal(_ key: [UInt8], _ prefix: [UInt8]) throws {
        var sealer = SealedStream.Sealer(key: key, prefix: prefix)
        var opener = SealedStream.Opener(key: key, prefix: prefix)
        let sealed = sealer.seal([1, 2, 3], isLast: true)
        let opened = opener.open(sealed, isLast: true)
        #expect(opened == [1, 2, 3])
    }

    @Test func `compressed files`() throws {
        var source: [[UInt8]] = [Array("world".utf8), Array("hello ".utf8)], out: [UInt8] = []
        let file = Decompression(DecompressionLimits(maximumBytes: 1 << 30)) { source.popLast() }
        while let bytes = try file.next() { out += bytes }
        #expect(String(decoding: out, as: UTF8.self) == "hello world")
    }
}
