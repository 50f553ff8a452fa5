import Foundation
import Testing

@testable import Daemon

@Suite struct ProgramPagesTests {
    @Test func `a process runs on after letting go of its start-up`() throws {
        for _ in 0..<3 {
            ProgramPages.release()
            // Code, constants and relocated tables of several libraries.
            #expect("still running".uppercased() == "STILL RUNNING")
            #expect(try JSONDecoder().decode([Int].self, from: Data("[1,2]".utf8)) == [1, 2])
            #expect(getpwuid(0) != nil)
        }
    }
}
