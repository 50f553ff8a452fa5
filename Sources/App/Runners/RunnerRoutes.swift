import HTTP
import JSON
import Market
import Postgres
import Trading

/// `/api/trading/runners` (trading.md, "Runners").
enum RunnerRoutes {
    private static let form = Form<Runner>.object("runner", Runner.form)
    private static let found = Answer(200, "The runner", form)
    private static let started = Answer(201, "The runner", form)

    static let create = Route(
        .post, "/api/trading/runners", .signedIn(.trade),
        "Starts a version of a strategy on paper: capital of the account is set aside for it, it begins flat with the next bar that begins, decides at each close and trades at the open after it. One for a version and a series.",
        takes: RunnerForm.field, answers: [started],
        errors: [
            .conflict, .quotaExceeded, .strategyVersionNotFound, .backtestInvalidDefinition,
            .backtestInsufficientBars, .tradingAccountInactive, .tradingInsufficientCash, .tradingRiskLimit,
            .tradingNoMarketPrice, .tradingSignatureRequired,
        ], limit: .runs
    ) { call, db, form in
        try started(StartRunner.start(form, call, &db))
    }

    private static let page = Answer(200, "A page", .page(of: "runners", Runner.form))

    static let list = Route(
        .get, "/api/trading/runners", .signedIn(.read), "Own runners, those that are active first, then the newest.",
        takes: .window(), answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.runners(of: call.userID(), window)))) }

    private static let shown = Answer(200, "The runner and what it has done", RunnerPerformance.form)

    static let get = Route(
        .get, "/api/trading/runners/{id}", .signedIn(.read),
        "A runner: its equity bar by bar beside the forecast of its start and a backtest of the same bars, and the difference to that taken apart.",
        takes: .id(.runner), answers: [shown], limit: .runs
    ) { call, db, id in
        let userID = try call.userID()
        let performance = try db.transaction(.repeatableReadReadOnly, opening: .runner(id, of: userID)) { db, runner in
            guard let runner else { throw Thing.runner.missing(id) }
            return try RunnerPerformance(runner, call.configuration, in: &db)
        }
        return shown(performance, capacity: 65_536)
    }

    static let pause = Route(
        .post, "/api/trading/runners/{id}/pause", .signedIn(.trade),
        "Lets bars pass without trading; what it holds stays, without stop or target. One that is paused is answered as it is.",
        takes: .id(.runner), answers: [found], errors: [.conflict, .tradingAccountInactive]
    ) { call, db, id in
        try found(
            change(id, to: .paused, call, &db) { runner, db in
                try RunnerClock(call.configuration).catchUp(runner, in: &db)
            } body: { runner, db in
                guard runner.status == .running else { return }
                try db.run(.pausing(runner.id))
                try call.audit(.runnerPaused, runner.auditPayload, in: &db)
            })
    }

    static let resume = Route(
        .post, "/api/trading/runners/{id}/resume", .signedIn(.trade),
        "Goes on with the next bar that begins; those before it were missed. One that runs is answered as it is.",
        takes: .id(.runner), answers: [found], errors: [.conflict, .tradingAccountInactive]
    ) { call, db, id in
        try found(
            change(id, to: .running, call, &db) { runner, db in
                try RunnerClock(call.configuration).resume(runner, in: &db)
            } body: { runner, db in
                guard runner.status == .running else { throw ended(runner) }
                try call.audit(.runnerResumed, runner.auditPayload, in: &db)
            })
    }

    private enum LeftPosition: String, CaseIterable { case keep, close }

    static let stop = Route(
        .post, "/api/trading/runners/{id}/stop", .signedIn(.trade),
        "Ends it: its money is the account's again, and so is what it holds, or that is sold at the last stored close. One that has ended is answered as it is.",
        takes: .id(.runner), .body("position", Form<LeftPosition>.choice(), "What becomes of what it holds"),
        answers: [found], errors: [.conflict, .tradingAccountInactive, .tradingNoMarketPrice]
    ) { call, db, id, position in
        let userID = try call.userID(), found = try runner(id, of: userID, &db)
        if found.status == .running { try RunnerClock(call.configuration).catchUp(found, in: &db) }
        return try Self.found(
            db.transaction(
                opening: .lockingPaperAccount(of: userID), .runner(id, of: userID)
            ) { db, account, runner in
                guard let account = try account?.checked(in: &db), let runner else { throw Thing.runner.missing(id) }
                if runner.status == .stopped { return runner }
                if position == .close, runner.quantity > .zero {
                    try RunnerTrades.closing(runner, account, call.configuration, in: &db)
                }
                let detail =
                    switch position {
                    case _ where runner.quantity == .zero: "Stopped."
                    case .keep: "Stopped; \(runner.quantity) \(runner.symbol) stayed in the account."
                    case .close: "Stopped; \(runner.quantity) \(runner.symbol) were sold."
                    }
                try db.run(.stopping(runner.id, detail))
                try call.audit(.runnerStopped, runner.auditPayload, in: &db)
                return try db.run(.storedRunner(runner.id))
            })
    }

    private static func runner(_ id: String, of userID: String, _ db: inout Connection) throws -> Runner {
        guard let runner = try db.run(.runner(id, of: userID)) else { throw Thing.runner.missing(id) }
        return runner
    }

    private static func ended(_ runner: Runner) -> Problem {
        Problem(.conflict, "The runner has ended: \(runner.detail)")
    }

    /// - Parameters:
    ///   - status: one that has it already is answered as it is.
    ///   - body: with the account locked, so that no bar moves the runner meanwhile.
    private static func change(
        _ id: String, to status: RunnerStatus, _ call: Call, _ db: inout Connection,
        first prepare: (Runner, inout Connection) throws -> Void, body: (Runner, inout Connection) throws -> Void
    ) throws -> Runner {
        let userID = try call.userID(), runner = try runner(id, of: userID, &db)
        if runner.status == status { return runner }
        if runner.status == .stopped { throw ended(runner) }
        try prepare(runner, &db)
        return try db.transaction(
            opening: .lockingPaperAccount(of: userID), .runner(id, of: userID)
        ) { db, account, runner in
            guard try account?.checked(in: &db) != nil, let runner else { throw Thing.runner.missing(id) }
            try body(runner, &db)
            return try db.run(.storedRunner(runner.id))
        }
    }
}

extension Runner {
    var auditPayload: Object {
        [
            "runner_id": .string(id), "symbol": .string(symbol), "strategy_version_id": .number(Number(versionID)),
            "capital": .string(capital.description),
        ]
    }
}

extension Query {
    fileprivate static func pausing(_ id: String) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET status = 'PAUSED', next_side = NULL,
              detail = CASE WHEN quantity > 0 THEN 'Paused; what it holds has neither stop nor target meanwhile.'
                ELSE 'Paused; it holds nothing.' END
            WHERE id = $1::uuid
            """, id)
    }

    fileprivate static func stopping(_ id: String, _ detail: String) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET status = 'STOPPED', stopped_at = clock_timestamp(), next_side = NULL, detail = $2
            WHERE id = $1::uuid
            """, id, detail)
    }
}
