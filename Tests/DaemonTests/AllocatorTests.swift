import Foundation
import Testing

@testable import Daemon

@Suite struct AllocatorTests {
    /// Pages that came from the system are zero, and the first touch of each is a fault; pages that stayed are not. The
    /// tests that run beside this one may give memory back in the middle of a round, and fill what one of the blocks then
    /// does not fit into; never are all three new in every round.
    @Test func `large blocks stay with the process`() throws {
        Allocator.keepLargeBlocks()
        let pages = 1_024
        func use() {
            let blocks = (0..<3).map { _ in UnsafeMutablePointer<UInt8>.allocate(capacity: pages * 4_096) }
            for block in blocks {
                for page in 0..<pages { block[page * 4_096] = 1 }
            }
            for block in blocks { block.deallocate() }
        }
        use()
        let rounds = 500
        let isKept = try (0..<rounds).contains { _ in
            let before = try faults()
            use()
            return try faults() - before < 2 * pages
        }
        #expect(isKept, "they went back to the system \(rounds) times")
    }

    /// Of this thread, none of which went to a disk.
    private func faults() throws -> Int {
        let status = try String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
        let fields = try #require(status.split(separator: ")").last).split(separator: " ")
        return try #require(Int(fields[7]))
    }
}
