import Foundation
import Testing

@testable import System

/// What waits for ``StopSignal``, one test at a time: signals and their flag belong to the whole process.
@Suite(.serialized) struct SignalTests {}

extension SignalTests {
    /// One test for one story.
    @Suite struct StopSignalTests {
        @Test func `stops between pieces of work only`() async throws {
            let outcome = try await withCheckedThrowingContinuation { continuation in
                // Signals of its own thread, so that the test runner's are left alone.
                Thread { continuation.resume(with: Result { try Self.story() }) }.start()
            }
            #expect(outcome == ["timed out", "readable", "pending", "stop", "still stopped"])
        }

        private static func story() throws -> [String] {
            var outcome: [String] = []
            // The runner itself must still end when someone stops it.
            defer {
                for number in [SIGTERM, SIGINT, SIGUSR1] { signal(number, SIG_DFL) }
                StopSignal.forget()
            }
            let stop = try StopSignal()
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw SystemError("pipe") }
            defer { for end in ends { close(end) } }
            if try stop.wait(for: [ends[0]], timeoutMilliseconds: 5) == .timedOut { outcome.append("timed out") }
            guard write(ends[1], "x", 1) == 1 else { throw SystemError("write") }
            if try stop.wait(for: [ends[0]], timeoutMilliseconds: 5_000) == .readable([ends[0]]) {
                outcome.append("readable")
            }
            pthread_kill(pthread_self(), SIGUSR1)
            if stop.isRequested { outcome.append("pending") }
            if try stop.wait(for: [ends[0]], timeoutMilliseconds: nil) == .stop { outcome.append("stop") }
            if try stop.wait(for: [], timeoutMilliseconds: nil) == .stop, stop.isRequested {
                outcome.append("still stopped")
            }
            return outcome
        }
    }
}
