import Backtest
import JSON
import Postgres

/// The stored figures of a run, those of the catalog first, then what else there is to know of them.
struct BacktestFigures: Sendable, ColumnValue {
    let object: Object

    /// From the row as an object, whose columns are named like the figures; jsonb has an order of its own.
    init(_ column: borrowing Column) throws(PostgresError) {
        guard let stored = try Value(column).objectValue else { throw column.mismatch("an object") }
        var figures: [(String, Value)] = []
        for member in Self.members {
            guard let value = stored[member.name], member.isNullable || !value.isNull else {
                throw column.mismatch("an object with \(member.name)")
            }
            figures.append((member.name, value))
        }
        object = Object(figures)
    }

    /// SQL for them as an object, or null where an outer join found none.
    ///
    /// - Parameter table: what `backtest_results` is called there.
    static func sql(_ table: String) -> String {
        let pairs = members.map { "'\($0.name)', \(table).\($0.name)" }.joined(separator: ", ")
        return "CASE WHEN \(table).backtest_run_id IS NOT NULL THEN json_build_object(\(pairs)) END"
    }

    static let form = Form<BacktestFigures>(
        Schema.object(members.map { ($0.name, $0.isNullable ? $0.schema.orNull : $0.schema, true) })
            .named("BacktestResults")
    ) { json, figures in
        json.value(.object(figures.object))
    }

    private static let members: [(name: String, schema: Schema, isNullable: Bool)] =
        Metric.allCases.map { ($0.rawValue, .type("number"), true) } + [
            ("recovered", .type("boolean"), true), ("returns_count", .type("integer"), false),
            ("returns_mean", .type("number"), true), ("returns_sd", .type("number"), true),
            ("skewness", .type("number"), true), ("kurtosis", .type("number"), true),
            ("tick_exponent", .type("integer"), true), ("null_reasons", .dictionary(of: .type("string")), false),
            ("notices", .list(.type("string")), false),
        ]
}
