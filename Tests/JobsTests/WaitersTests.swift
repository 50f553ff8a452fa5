import TestSupport
import Testing

@testable import Jobs

@Suite struct WaitersTests {
    private func question(_ job: String, wait: Int, places: Int = 9, isCancelled: Bool = false) -> [UInt8] {
        DoorbellQuestion.job(job, waitMilliseconds: wait, places: places, isCancelled: isCancelled).bytes
    }

    @Test(arguments: [
        ("{\"ping\":true}", DoorbellAnswer.pong(.doesJobs) as DoorbellAnswer?, Waiters.Task.nothing),
        ("[1]", .refused("not a JSON object"), .nothing),
        ("{", .refused("not a JSON object"), .nothing),
        ("{\"job\":\"a\"}", .refused("expected job and wait_ms"), .nothing),
        ("{\"job\":\"a\",\"wait_ms\":-1}", .refused("expected job and wait_ms"), .nothing),
        ("{\"job\":\"a\",\"wait_ms\":0}", .job("a", isFinished: false), .ring),
        ("{\"job\":\"a\",\"wait_ms\":10,\"places\":0}", .job("a", isFinished: false), .ring),
        ("{\"job\":\"a\",\"wait_ms\":10}", nil, .ring),
        ("{\"job\":\"a\",\"wait_ms\":10,\"places\":1,\"cancel\":true}", nil, .followWishes),
        ("{\"job\":\"old\",\"wait_ms\":10}", .job("old", isFinished: true), .nothing),
    ])
    func `a question is answered at once or waits`(
        _ question: String, _ answer: DoorbellAnswer?, _ task: Waiters.Task
    ) {
        var waiters = Waiters()
        #expect(waiters.finish(["old"]).isEmpty)
        let taken = waiters.take(Array(question.utf8), from: 1)
        #expect(taken.answer == answer && taken.task == task)
    }

    @Test func `who waits for a job hears of its end, and nobody else`() {
        var waiters = Waiters()
        for (client, job) in [(1, "a"), (2, "b"), (3, "a"), (4, "a")] {
            #expect(waiters.take(question(job, wait: 60_000), from: client).answer == nil)
        }
        waiters.forget(4)
        let told = waiters.finish(["a", "c"])
        #expect(told.map(\.client) == [1, 3])
        #expect(told.allSatisfy { $0.answer == .job("a", isFinished: true) })
        #expect(waiters.finish(["a"]).isEmpty)
        #expect(waiters.take(question("c", wait: 60_000), from: 5).answer == .job("c", isFinished: true))
    }

    @Test func `only so many wait at once, and a place is free again when one has gone`() {
        var waiters = Waiters()
        #expect(waiters.take(question("a", wait: 60_000, places: 1), from: 1).answer == nil)
        #expect(waiters.take(question("b", wait: 60_000, places: 1), from: 2).answer == .job("b", isFinished: false))
        waiters.forget(1)
        #expect(waiters.take(question("b", wait: 60_000, places: 1), from: 3).answer == nil)
    }

    @Test func `whose time is over is told so`() throws {
        var waiters = Waiters()
        #expect(waiters.patience(maximum: 50) == 50)
        _ = waiters.take(question("a", wait: 1), from: 1)
        _ = waiters.take(question("b", wait: 60_000), from: 2)
        #expect(waiters.patience(maximum: 50) <= 2)
        var late: [Waiters.Reply] = []
        try poll("the first to be late") {
            late += waiters.dismissLate()
            return !late.isEmpty
        }
        #expect(late.map(\.client) == [1] && late.first?.answer == .job("a", isFinished: false))
        #expect(waiters.patience(maximum: 50) == 50)
    }

    @Test(arguments: [
        DoorbellAnswer.pong(.doesJobs), .pong(.waitsForName), .pong(.heldBack), .pong(.waitsForDatabase),
        .job("a", isFinished: true), .refused("no"),
    ])
    func `an answer is read as it was written`(_ answer: DoorbellAnswer) {
        #expect(DoorbellAnswer(answer.bytes) == answer)
    }

    @Test func `a question is read as it was written`() throws {
        let asked = DoorbellQuestion.job("a", waitMilliseconds: 5, places: 2, isCancelled: true)
        #expect(try DoorbellQuestion(asked.bytes) == asked)
        #expect(try DoorbellQuestion(DoorbellQuestion.ping.bytes) == .ping)
        #expect(DoorbellAnswer(Array("{}".utf8)) == nil)
    }
}
