import Foundation
import Testing

@testable import Daemon

@Suite struct AllocatorTests {
    /// Pages that came from the system are zero, and the first touch of each is a fault; pages that stayed are not.
    @Test func largeBlocksStayWithTheProcess() throws {
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
        let before = try faults()
        for _ in 0..<20 { use() }
        #expect(try faults() - before < 10 * pages, "they went back to the system every time")
    }

    /// Of this thread, none of which went to a disk.
    private func faults() throws -> Int {
        let status = try String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
        let fields = try #require(status.split(separator: ")").last).split(separator: " ")
        return try #require(Int(fields[7]))
    }
}
