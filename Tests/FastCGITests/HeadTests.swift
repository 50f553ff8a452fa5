import HTTP
import SeededNumbers
import Testing

@testable import FastCGI

@Suite struct HeadTests {
    private func scan(_ bytes: [UInt8], maxParameterBytes: Int = 1_000) -> Head.Scan {
        var scanner = HeadScanner()
        scanner.begin(maxParameterBytes: maxParameterBytes)
        return bytes.withUnsafeBytes { scanner.scan($0) }
    }

    /// The same from one scanner that is shown `step` bytes more each time.
    private func scan(_ bytes: [UInt8], inStepsOf step: Int) -> Head.Scan {
        var scanner = HeadScanner()
        scanner.begin(maxParameterBytes: 1_000)
        for count in stride(from: step, to: bytes.count, by: step) {
            let found = bytes.withUnsafeBytes { scanner.scan(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            guard found == .needsMore else { return found }
        }
        return bytes.withUnsafeBytes { scanner.scan($0) }
    }

    /// What is refused early, before all is there, is refused for the same reason.
    @Test func `a head in pieces means what it means as a whole`() {
        var random = SplitMix(seed: 9)
        let content = Wire.pair("REQUEST_URI", "/a") + Wire.pair("HTTP_X", String(repeating: "y", count: 200))
        var complete = 0
        for round in 0..<5_000 {
            let cut = Int.random(in: 0...content.count, using: &random)
            var bytes =
                Wire.begin() + Wire.record(4, Array(content[..<cut])) + Wire.record(4, Array(content[cut...]))
                + Wire.record(4)
            if cut == 0 || cut == content.count { bytes = Wire.begin() + Wire.record(4, content) + Wire.record(4) }
            if round % 2 == 1 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let whole = scan(bytes), step = Int.random(in: 1...40, using: &random)
            if case .complete = whole { complete += 1 }
            #expect(scan(bytes, inStepsOf: step) == whole, "\(bytes) in steps of \(step)")
        }
        #expect(complete >= 2_500)
    }

    @Test func `every beginning of a head needs more`() {
        let head = Wire.head("/a", [("HTTP_X", String(repeating: "x", count: 200))], id: 300)
        for count in 0..<head.count { #expect(scan(Array(head.prefix(count))) == .needsMore, "\(count) bytes") }
        #expect(scan(head) == .complete(Head(requestID: 300, byteCount: head.count)))
        #expect(scan(head + [9, 9, 9]) == .complete(Head(requestID: 300, byteCount: head.count)))
    }

    @Test func `the bound is exact`() {
        let content = Wire.pair("A", String(repeating: "b", count: 95))
        let head = Wire.begin() + Wire.record(4, content) + Wire.record(4)
        #expect(content.count == 98)
        #expect(scan(head, maxParameterBytes: 98) == .complete(Head(requestID: 1, byteCount: head.count)))
        #expect(scan(head, maxParameterBytes: 97) == .refused(1, .parametersTooLarge(limit: 97)))
    }

    @Test func `no bytes crash the scanner`() {
        var random = SplitMix(seed: 4)
        let head = Wire.head("/a", [("HTTP_X", "y")])
        var complete = 0
        for _ in 0..<50_000 {
            var bytes = head
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<4, using: &random))
            if case .complete(let head) = scan(bytes) {
                complete += 1
                #expect(head.byteCount <= bytes.count)
            }
        }
        #expect(complete > 100)
    }
}
