import Postgres

/// What a run has to say against its bars, and whether they are still stored as it saw them.
struct RunWarnings: Sendable {
    let bars: BarWarnings
    /// Of the series now; nil when it is gone.
    let storedRevision: Int?
}

/// What was known when the run ended is kept with it: it was made of those bars, also when they are corrected later. Where
/// they had not been checked by then, and of runs of a release that kept nothing, it is what is known now.
extension RunWarnings {
    /// SQL for what a run keeps when it ends, or null when its bars were not checked as it saw them.
    ///
    /// - Parameters:
    ///   - first: start of the first bar that it saw: those that warm indicators up decide, too.
    ///   - revision: of the bars that it saw.
    static func sql(first: String, revision: String) -> String {
        """
        (SELECT \(sql(from: first)) FROM series_checks c
          WHERE (c.symbol_id, c.interval, c.revision) = (r.symbol_id, r.timeframe, \(revision)))
        """
    }

    private static func sql(from first: String) -> String {
        BarWarnings.sql(
            ofSymbol: "r.symbol_id", "r.timeframe", from: first,
            before: "(r.end_date + 1)::timestamp AT TIME ZONE 'UTC'")
    }

    fileprivate static let columns = """
        coalesce(\(BarWarnings.stillOpen("r.warnings")), \(sql(from: "r.start_date::timestamp AT TIME ZONE 'UTC'"))),
        r.warnings IS NOT NULL OR EXISTS (SELECT FROM series_checks c
          WHERE (c.symbol_id, c.interval, c.revision) = (b.symbol_id, b.interval, coalesce(r.bar_revision, b.revision))),
        b.revision
        """
}

extension Query {
    /// - Returns: nil when there is no such run.
    static func warnings(ofRun id: String) -> Query<RunWarnings?> {
        .first(
            """
            SELECT \(RunWarnings.columns) FROM backtest_runs r
            LEFT JOIN bar_series b ON (b.symbol_id, b.interval) = (r.symbol_id, r.timeframe) WHERE r.id = $1::uuid
            """, id
        ) { row in
            RunWarnings(bars: try BarWarnings(row.next(), areChecked: row.next()), storedRevision: try row.next())
        }
    }
}
