import Daemon
import Foundation
import Jobs
import Synchronization
import System
import TestSupport
import Testing

@testable import App

/// A daemon that lives and says nothing.
@Suite struct DaemonSilenceTests {
    /// Takes connections and notes what it is asked; answers pings while it is awake.
    private final class Sleeper: Sendable {
        let path = NSTemporaryDirectory() + "ds-\(UUID().uuidString.prefix(8)).sock"
        private let listener: Int32
        private let state = Mutex((isAwake: false, asked: [String](), thread: WorkerThread.Handle?.none))

        init() throws {
            listener = try UnixSocket.listen(at: path).release()
            let thread = try WorkerThread.start { [self] in
                var clients: [Int32] = []
                while true {
                    let client = accept(listener, nil, nil)
                    if client >= 0 {
                        clients.append(client)
                        serve(client)
                    } else if errno != EINTR, errno != ECONNABORTED {
                        break
                    }
                }
                // Who was told nothing hears nothing until then.
                for descriptor in clients + [listener] { close(descriptor) }
            }
            state.withLock { $0.thread = thread }
        }

        /// Returns when nobody listens any more. The thread closes what it has opened: under it a number could become
        /// another's, whose questions it would take.
        func stop() {
            guard let thread = state.withLock({ $0.thread.take() }) else { return }
            shutdown(listener, Int32(SHUT_RDWR))
            thread.join()
            unlink(path)
        }

        func wake() { state.withLock { $0.isAwake = true } }
        var asked: [String] { state.withLock { $0.asked } }

        private func serve(_ client: Int32) {
            let bytes = try? Frame.read(from: client, by: Deadline(milliseconds: 2_000))
            let text = String(decoding: bytes ?? [], as: UTF8.self)
            let isAwake = state.withLock { state in
                state.asked.append(text)
                return state.isAwake
            }
            guard isAwake else { return }
            let answer =
                text.contains("ping")
                ? DoorbellAnswer.pong(.doesJobs) : .job("11111111-1111-4111-8111-111111111111", isFinished: true)
            try? Frame.write(answer.bytes, to: client, by: Deadline(milliseconds: 1_000))
        }
    }

    private let job = "11111111-1111-4111-8111-111111111111"

    private func client(
        _ sleeper: Sleeper, _ silence: DaemonSilence, waitMilliseconds: Int = 50
    ) throws -> DaemonClient {
        DaemonClient(
            try Configuration([
                "BACKTESTD_SOCKET": sleeper.path, "BACKTEST_INLINE_WAIT_MS": "\(waitMilliseconds)",
                "REQUEST_TIMEOUT_MS": "29000",
            ]), silence)
    }

    /// How often somebody asked to wait.
    private func waits(_ sleeper: Sleeper) -> Int {
        sleeper.asked.filter { $0.contains("job") && !$0.contains("\"wait_ms\":0") }.count
    }

    @Test func `after one time-out nobody waits, and nobody asks for a while`() throws {
        let sleeper = try Sleeper()
        defer { sleeper.stop() }
        let silence = try afterOneTimeOut(sleeper), before = waits(sleeper)
        for _ in 0..<4 { #expect(try client(sleeper, silence).wait(forJob: job) == false) }
        #expect(try client(sleeper, silence).wait(forJob: job, isCancelled: true) == false)
        #expect(try client(sleeper, silence).standing == nil)
        #expect(waits(sleeper) == before)
        #expect(sleeper.asked.filter { $0.contains("ping") }.isEmpty)
    }

    /// Once somebody has asked and was told nothing. Where the machine is so busy that their time is over before they have
    /// asked, the next one gets more of it; and the sleeper reads in a thread of its own, which may run long after.
    private func afterOneTimeOut(_ sleeper: Sleeper) throws -> DaemonSilence {
        for milliseconds in [1_000, 5_000, 25_000] {
            let silence = DaemonSilence(restMilliseconds: 3_600_000)
            #expect(try client(sleeper, silence, waitMilliseconds: milliseconds).wait(forJob: job) == false)
            if eventually({ waits(sleeper) > 0 }) { return silence }
        }
        Issue.record("nobody asks the sleeper")
        return DaemonSilence(restMilliseconds: 3_600_000)
    }

    @Test func `once it answers again everybody waits as before`() throws {
        let sleeper = try Sleeper(), silence = DaemonSilence(restMilliseconds: 0)
        defer { sleeper.stop() }
        for _ in 0..<3 { #expect(try client(sleeper, silence).wait(forJob: job) == false) }
        sleeper.wake()
        // One answer that comes too late begins the silence anew; sooner or later one is in time.
        #expect(try eventually { try client(sleeper, silence).wait(forJob: job) == true })
        #expect(try eventually { try client(sleeper, silence).standing == .doesJobs })
        // How many waited before depends on how soon a busy machine lets them ask.
        #expect(waits(sleeper) >= 1)
    }

    @Test func `no daemon at all is no silence`() throws {
        let sleeper = try Sleeper(), silence = DaemonSilence(restMilliseconds: 3_600_000)
        sleeper.stop()
        #expect(try client(sleeper, silence).wait(forJob: job) == false)
        #expect(silence.isSilent(sleeper.path) { false } == false)
    }
}
