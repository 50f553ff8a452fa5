import HTTP
import JSON
import Jobs
import Postgres
import System

/// Stopping runs and throwing them away.
enum BacktestChanges {
    private static let cancelled = Answer(200, "The cancelled run", BacktestDetail.form)
    private static let stopping = Answer(202, "Still under way, but told to stop", BacktestRow.form)

    static let cancel = Route(
        .post, "/api/backtests/{id}/cancel", .signedIn(.research),
        "Cancels a run: at once while it waits, within a moment when it is under way.", takes: .id(.backtest),
        answers: [cancelled, stopping], errors: [.backtestInvalidState]
    ) { call, db, id in
        let userID = try call.userID()
        guard let (status, job, isTooLate) = try RunStore.cancel(id, of: userID, in: &db) else {
            throw Thing.backtest.missing(id)
        }
        guard !isTooLate else { throw invalidState("It is already \(status.words).") }
        if status == .running, let job { DaemonClient(call.configuration).wait(forJob: job, isCancelled: true) }
        guard let detail = try db.detail(ofBacktest: id, of: userID) else { throw Thing.backtest.missing(id) }
        return Backtests.answer(detail)
    }

    private static let deleted = PlainAnswer.nothing("Deleted")

    static let delete = Route(
        .delete, "/api/backtests/{id}", .signedIn(.research),
        "Deletes a run that is over, with its result. Its trial stays counted.", takes: .id(.backtest),
        answers: [deleted], errors: [.backtestInvalidState]
    ) { call, db, id in
        guard try !RunStore.delete(id, of: call.userID(), in: &db) else { return .noContent }
        guard try db.run(.backtest(id, of: call.userID())) == nil else {
            throw invalidState("It is not over yet: cancel it first.")
        }
        throw Thing.backtest.missing(id)
    }

    static func invalidState(_ detail: String) -> Problem { Problem(.backtestInvalidState, detail) }
}

extension JobStatus {
    /// In a sentence.
    var words: String { self == .timedOut ? "timed out" : rawValue }
}
