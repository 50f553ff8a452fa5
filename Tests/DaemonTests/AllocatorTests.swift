import Foundation
import Testing

@Suite struct AllocatorTests {
    /// Pages that came from the system are zero, and the first touch of each is a fault; pages that stayed are not.
    @Test func `large blocks stay with the process that asks for it`() throws {
        // The first rounds find out where the blocks fit.
        #expect(try newPages("keep").suffix(5).allSatisfy { $0 < 100 })
        // Else the test would show nothing: 3 blocks of 1,024 pages.
        #expect(try newPages("leave").contains { $0 >= 3_000 })
    }

    /// How many pages each round of a process took from the system.
    private func newPages(_ mode: String) throws -> [Int] {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("LargeBlocks")
        process.arguments = [mode]
        process.standardOutput = output
        try process.run()
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let counts = lines.split(separator: "\n").compactMap { Int($0) }
        try #require(counts.count == 10 && process.terminationStatus == 0, "\(lines)")
        return counts
    }
}
