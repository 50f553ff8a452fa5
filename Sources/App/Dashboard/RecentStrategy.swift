import Backtest
import JSON
import Jobs
import Market
import Postgres

/// A strategy in a few words, with its newest run.
struct RecentStrategy: Sendable {
    let id: String
    let name: String
    let assetType: AssetType
    let timeframe: Timeframe
    /// Of the newest version.
    let versionNumber: Int
    let updatedAt: Instant
    let lastRun: LastRun?

    static let form = Form<RecentStrategy>.object(
        "RecentStrategy",
        [
            .member("id", .uuid, \.id), .member("name", .text, \.name), .member("asset_type", .choice(), \.assetType),
            .member("timeframe", .choice(), \.timeframe), .member("version_number", .integer, \.versionNumber),
            .member("updated_at", .time, \.updatedAt), .nullable("last_run", LastRun.form, \.lastRun),
        ])

    fileprivate static let columns =
        "s.id, s.name, s.asset_type, s.timeframe, v.version_number, s.updated_at, \(LastRun.columns)"

    fileprivate init(_ row: inout RowReader) throws {
        (id, name, assetType, timeframe) = (try row.next(), try row.next(), try row.next(), try row.next())
        (versionNumber, updatedAt, lastRun) = (try row.next(), try row.next(), try LastRun(&row))
    }

    /// The newest run of a strategy, whichever version it was of.
    struct LastRun: Sendable {
        let id: String
        let status: JobStatus
        let symbol: String
        let timeframe: Timeframe
        let createdAt: Instant
        /// Nil before completion.
        let totalReturn: Double?

        static let form = Form<LastRun>.object(
            "LastRun",
            [
                .member("id", .uuid, \.id), .member("status", .choice(), \.status), .member("symbol", .text, \.symbol),
                .member("timeframe", .choice(), \.timeframe), .member("created_at", .time, \.createdAt),
                .nullable("total_return_pct", .number, \.totalReturn),
            ])

        fileprivate static let columns =
            "r.id, r.status, y.symbol, r.timeframe, r.created_at, b.\(Metric.totalReturn.rawValue)"

        /// Nil where an outer join found none.
        fileprivate init?(_ row: inout RowReader) throws {
            guard let id = try row.next(String?.self) else {
                try row.skipNulls()
                return nil
            }
            self.id = id
            (status, symbol, timeframe) = (try row.next(), try row.next(), try row.next())
            (createdAt, totalReturn) = (try row.next(), try row.next())
        }
    }
}

extension Query {
    /// A user's newest active strategies. Each brings a row of every table along, found by an index.
    static func newestStrategies(of userID: String, _ count: Int) -> Query<[RecentStrategy]> {
        .all(
            """
            WITH newest AS MATERIALIZED (
              SELECT * FROM strategies WHERE user_id = $1::uuid AND is_active ORDER BY created_at DESC, id LIMIT $2::int)
            SELECT \(RecentStrategy.columns) FROM newest s
            JOIN LATERAL (SELECT version_number FROM strategy_versions w WHERE w.strategy_id = s.id
                          ORDER BY w.version_number DESC LIMIT 1) v ON true
            LEFT JOIN LATERAL (SELECT * FROM backtest_runs q WHERE q.strategy_id = s.id
                               ORDER BY q.created_at DESC, q.id LIMIT 1) r ON true
            LEFT JOIN symbols y ON y.id = r.symbol_id LEFT JOIN backtest_results b ON b.backtest_run_id = r.id
            ORDER BY s.created_at DESC, s.id
            """, userID, count, read: RecentStrategy.init)
    }
}
