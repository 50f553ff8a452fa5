import Backtest
import Postgres
import TestSupport
import Testing

@testable import App

/// Against the golden vectors of the literature, through the tables. Every test is an owner of its own.
@Suite struct RunStatisticsTests {
    static let database = try! TestDatabase()

    /// One owner with a strategy, a completed run and a ledger of trials.
    private struct Desk: ~Copyable {
        mutating func statistics(ofRun id: String) throws -> RunStatistics? {
            let (facts, ledger) = RunStatistics.parts(ofRun: id)
            let found = try db.run(facts, ledger)
            return found.0.map { RunStatistics($0, found.1) }
        }

        var db: Connection
        let user: String
        let lineage: String
        let strategy: String
        let symbol: Int
        private var definitions = 0

        init(_ symbol: String) throws {
            var db = try RunStatisticsTests.database.connect()
            let user = try db.query("INSERT INTO users DEFAULT VALUES RETURNING id").string(0, 0)
            let id = try db.query(
                "INSERT INTO symbols (symbol, name, asset_type) VALUES ($1, $1, 'EQUITY') RETURNING id", [.text(symbol)]
            ).int(0, 0)
            let lineage = try db.query("SELECT gen_random_uuid()").string(0, 0)
            let strategy = try Self.strategy("first", user, lineage, &db)
            (self.user, self.lineage, self.strategy, self.symbol) = (user, lineage, strategy, id)
            self.db = db
        }

        static func strategy(_ name: String, _ user: String, _ lineage: String, _ db: inout Connection) throws -> String
        {
            try db.query(
                """
                INSERT INTO strategies (user_id, lineage_id, name, asset_type, timeframe)
                VALUES ($1::uuid, $2::uuid, $3, 'EQUITY', '1d') RETURNING id
                """, [.text(user), .text(lineage), .text(name)]
            ).string(0, 0)
        }

        @discardableResult
        mutating func version(_ number: Int, of strategy: String, _ definition: String) throws -> Int {
            try db.query(
                """
                INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
                VALUES ($1::uuid, $2::int, '{}', encode(sha256($3::bytea), 'hex')) RETURNING id
                """, [.text(strategy), Parameter(number), .text(definition)]
            ).int(0, 0)
        }

        /// Trials of definitions nobody tried before, with these Sharpe ratios (nil: none), and these of what the market
        /// left (none given: not computed).
        mutating func trials(
            _ sharpes: [Double?], excess: [Double] = [], lineage: String? = nil, symbol: Int? = nil,
            timeframe: String = "1d",
            start: String = "2015-01-02", definition: String? = nil
        ) throws {
            for (number, sharpe) in sharpes.enumerated() {
                definitions += 1
                let left = excess.isEmpty ? nil : excess[number]
                try db.execute(
                    """
                    INSERT INTO trials (owner_id, lineage_id, definition_hash, settings_hash, symbol_id, timeframe,
                      window_start, window_end, returns_count, returns_mean, returns_sd, block_counts, block_sums,
                      block_squares, excess_count, excess_mean, excess_sd)
                    VALUES ($1::uuid, $2::uuid, encode(sha256($3::bytea), 'hex'), repeat('ab', 32), $4::int, $5, $6::date,
                      '2019-12-31', 16, $7, $8, array_fill(1, ARRAY[16]), array_fill(0::float8, ARRAY[16]),
                      array_fill(0::float8, ARRAY[16]), $9::int, $10, $11)
                    """,
                    [
                        .text(user), .text(lineage ?? self.lineage), .text(definition ?? "trial \(definitions)"),
                        Parameter(symbol ?? self.symbol), .text(timeframe), .text(start),
                        .double((sharpe ?? 0) / 100), .double(sharpe == nil ? 0 : 0.01),
                        Parameter(left.map { _ in 16 }), Parameter(left.map { $0 / 100 }),
                        Parameter(left.map { _ in 0.01 }),
                    ])
            }
        }

        mutating func run(
            sharpe: Double?, returns: Int, skewness: Double?, kurtosis: Double?, trades: Int, excess: Double?,
            excessPSR: Double? = nil, reason: String? = nil
        ) throws -> String {
            let version = try version(1, of: strategy, "definition of \(user)")
            let run = try db.query(
                """
                INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
                  end_date, initial_equity, options_json, periods_per_year, status, started_at, finished_at, content_hash,
                  result_hash, bars_hash, bar_revision, engine_version)
                VALUES ($1::uuid, $2::uuid, $3::int, $4::int, '1d', '2015-01-02', '2019-12-31', 10000, '{}', 252,
                  'completed', now(), now(), repeat('ab', 32), repeat('ab', 32), repeat('ab', 32), 1, '1')
                RETURNING id
                """, [.text(user), .text(strategy), Parameter(version), Parameter(symbol)]
            ).string(0, 0)
            try db.execute(
                """
                INSERT INTO backtest_results (backtest_run_id, final_equity, num_trades, fills_without_volume,
                  returns_count, win_rate_pct, best_trade_pct, worst_trade_pct, avg_bars_held, expectancy_pct,
                  sharpe_per_bar, skewness, kurtosis, psr, psr_excess, null_reasons, excess_count, excess_mean, excess_sd,
                  excess_skewness, excess_kurtosis)
                VALUES ($1::uuid, 10000, $2::int, 0, $3::int, 50, 1, -1, 2, 0.1, $4, $5, $6, $7, $12, $9::jsonb,
                  $10::int, $8, $11, $5, $6)
                """,
                [
                    .text(run), Parameter(trades), Parameter(returns), Parameter(sharpe), Parameter(skewness),
                    Parameter(kurtosis), Parameter(sharpe == nil ? nil : 0.5), Parameter(excess),
                    .text(
                        sharpe == nil
                            ? #"{"psr": "ZERO_VARIANCE"}"# : reason.map { #"{"psr_excess": "\#($0)"}"# } ?? "{}"),
                    Parameter(reason == nil ? excess.map { _ in returns } : 0), Parameter(excess.map { _ in 1.0 }),
                    Parameter(excessPSR),
                ])
            return run
        }
    }

    /// Sharpe ratios whose variance, divisor N-1, is exactly `variance`.
    private func spread(_ count: Int, variance: Double) -> [Double] {
        let a = (variance * Double(count - 1) / Double(count)).squareRoot()
        return (0..<count).map { $0 % 2 == 0 ? a : -a }
    }

    @Test(arguments: [
        (100, 1, 0.113172, 0.900397, Verdict.borderline), (46, 1, 0.100362, 0.950502, .survivesDeflation),
        (46, 0.95, 0.100362, 0.950502, .explainedByMarket),
    ])
    func `the published example comes out, before the market and after it`(
        _ n: Int, _ share: Double, _ best: Double, _ expected: Double, _ verdict: Verdict
    ) throws {
        var desk = try Desk("GOLD\(n)-\(Int(share * 100))")
        let sharpe = 2.5 / 250.0.squareRoot(), sharpes = spread(n, variance: 0.5 / 250)
        try desk.trials(sharpes, excess: sharpes.reversed())
        // A run of which the market leaves a share.
        let run = try desk.run(
            sharpe: sharpe, returns: 1_250, skewness: -3, kurtosis: 10, trades: 200, excess: share * sharpe)
        let found = try #require(try desk.statistics(ofRun: run))
        #expect(found.trials == n && found.ownerTrials == n && found.symbolsTried == 1)
        #expect(abs(found.trialVariance - 0.002) < 1e-12)
        #expect(abs(found.expectedMaximumSharpe - best) < 1e-6)
        #expect(abs((found.deflatedSharpe ?? 0) - expected) < 1e-6, "\(found)")
        #expect(found.ownerDeflatedSharpe == found.deflatedSharpe)
        #expect(abs((found.excessTrialVariance ?? 1) - 0.002) < 1e-12)
        #expect(abs((found.expectedMaximumExcessSharpe ?? 1) - best) < 1e-6)
        #expect(found.excessSharpe == share * sharpe)
        if share == 1 {
            #expect(abs((found.deflatedExcessSharpe ?? 0) - expected) < 1e-6, "\(found)")
        } else {
            #expect((found.deflatedExcessSharpe ?? 1) < 0.95, "\(found)")
        }
        #expect(found.missingExcessReason == nil)
        #expect(found.verdict == verdict)
    }

    @Test func `one trial deflates nothing: the figure is the plain probability`() throws {
        var desk = try Desk("SINGLE")
        try desk.trials([0.189578743095])
        let run = try desk.run(
            sharpe: 0.189578743095, returns: 10, skewness: -0.341479280, kurtosis: 2.050662004, trades: 5, excess: nil)
        let found = try #require(try desk.statistics(ofRun: run))
        #expect(found.trials == 1 && found.expectedMaximumSharpe == 0)
        #expect(abs((found.deflatedSharpe ?? 0) - 0.708410770) < 1e-8)
        #expect(abs(found.trialVariance - 1.0 / 9) < 1e-15)
        // A result of an older release.
        #expect(found.deflatedExcessSharpe == nil && found.missingExcessReason == RunStatistics.notComputed)
        #expect(found.verdict == .insufficientSample)
        #expect(found.note == "At least 1 variant tried here.")
    }

    @Test(arguments: [
        (nil as Double?, nil as String?, Verdict.borderline), (0.99, nil, .borderline), (0.94, nil, .explainedByMarket),
        (nil, "ZERO_VARIANCE", .explainedByMarket),
    ])
    func `what was never compared with the market is not told as explained by it, unless its plain figure says so`(
        plain: Double?, reason: String?, verdict: Verdict
    ) throws {
        var desk = try Desk("UNTOLD\(verdict.rawValue.prefix(1))\(plain.map { "\(Int($0 * 100))" } ?? "")")
        try desk.trials([0.2, 0.1], excess: [0.2, 0.1])
        let run = try desk.run(
            sharpe: 0.2, returns: 1_250, skewness: 0, kurtosis: 3, trades: 100, excess: nil, excessPSR: plain,
            reason: reason)
        let found = try #require(try desk.statistics(ofRun: run))
        #expect((found.deflatedSharpe ?? 0) >= 0.95)
        #expect(found.verdict == verdict)
        #expect(found.missingExcessReason == reason ?? RunStatistics.notComputed)
        // Without returns of its own there is nothing to compare with those of others.
        #expect(found.excessTrialVariance == nil && found.expectedMaximumExcessSharpe == nil)
    }

    @Test func `who counts in the family, and who in its spread`() throws {
        var desk = try Desk("FAMILY")
        let other = try desk.db.query(
            "INSERT INTO symbols (symbol, name, asset_type) VALUES ('FAMILY2', 'x', 'EQUITY') RETURNING id"
        ).int(0, 0)
        let cousin = try desk.db.query("SELECT gen_random_uuid()").string(0, 0)
        let stranger = try desk.db.query("SELECT gen_random_uuid()").string(0, 0)
        try desk.trials([0.1, -0.1], excess: [0.08, -0.08])
        try desk.trials([nil])
        try desk.trials([0.9], excess: [0.9], start: "2016-01-04")
        try desk.trials([0.8], symbol: other)
        try desk.trials([0.7], timeframe: "1h")
        try desk.trials([0.6], lineage: stranger)
        // Another lineage, one of whose versions has become identical to the run's definition.
        let twin = try Desk.strategy("twin", desk.user, cousin, &desk.db)
        try desk.version(1, of: twin, "something else")
        try desk.version(2, of: twin, "definition of \(desk.user)")
        try desk.trials([0.2], lineage: cousin)
        // What both lineages tried counts once.
        try desk.trials([0.3], definition: "both")
        try desk.trials([0.3], lineage: cousin, definition: "both")
        let run = try desk.run(sharpe: 0.1, returns: 1_250, skewness: 0, kurtosis: 3, trades: 100, excess: 0.09)
        let found = try #require(try desk.statistics(ofRun: run))
        // On symbol and timeframe: 2, 1 without a Sharpe ratio, 1 of another window, 1 cousin, 1 of both.
        #expect(found.trials == 6)
        #expect(found.symbolsTried == 2)
        #expect(found.ownerTrials == 9)
        // Of 0.1, -0.1, 0.2, 0.3: mean 0.125, squares 0.0875, divisor 3.
        #expect(abs(found.trialVariance - 0.0875 / 3) < 1e-15)
        // Of 0.08 and -0.08: the others have none that was computed, or are of another window.
        #expect(abs((found.excessTrialVariance ?? 1) - 0.0128) < 1e-15)
        #expect((found.ownerDeflatedSharpe ?? 1) < (found.deflatedSharpe ?? 0))
        #expect(found.verdict == .notDistinguishableFromLuck)
    }

    @Test func `without a Sharpe ratio there is a reason instead`() throws {
        var desk = try Desk("NONE")
        try desk.trials([nil])
        let run = try desk.run(sharpe: nil, returns: 1_250, skewness: nil, kurtosis: nil, trades: 100, excess: nil)
        let found = try #require(try desk.statistics(ofRun: run))
        #expect(found.deflatedSharpe == nil && found.missingReason == "ZERO_VARIANCE")
        #expect(found.verdict == .insufficientSample)
        #expect(try desk.statistics(ofRun: desk.user) == nil)
    }
}
