import System
import Testing

@Suite struct RandomTests {
    @Test(arguments: [0, 1, 255, 256, 257, 1_000])
    func `gives as many bytes as asked for`(_ count: Int) {
        #expect(Random.bytes(count).count == count)
    }

    @Test func `no two are alike`() {
        #expect(Set((0..<100).map { _ in Random.bytes(32) }).count == 100)
    }

    @Test func `every byte is filled`() {
        // Each of 600 places is zero in all of 20 draws once in 256^20.
        var sum = [Int](repeating: 0, count: 600)
        for _ in 0..<20 { for (place, byte) in Random.bytes(600).enumerated() { sum[place] += Int(byte) } }
        #expect(sum.allSatisfy { $0 > 0 })
    }
}
