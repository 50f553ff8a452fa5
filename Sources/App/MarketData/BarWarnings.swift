import JSON
public import Market
import Postgres
public import Quality

/// What a result over some bars has to say against itself: the findings of severity warning and error about them that nobody
/// has dismissed, worst first, and not more than a reader takes in. Of stored bars also how many are missing in short gaps.
public struct BarWarnings: Sendable {
    /// So many are listed.
    static let maximum = 20

    public struct Warning: ToldFinding {
        public let check: String
        public let severity: Finding.Severity
        public let from: Int64, to: Int64
        public let count: Int
        public let detail: String
    }

    public let listed: [Warning]
    /// How many there are besides.
    public let omitted: Int
    /// Whether the bars were checked as they went into the result. If not, these are of the last check of the series, or none
    /// because there was no check.
    public let areChecked: Bool

    /// - Parameter inspection: of the very bars that go into the result.
    public init(_ inspection: Inspection) {
        let found = inspection.findings.filter { $0.severity != .info }
            .sorted { ($1.severity, $0.from) < ($0.severity, $1.from) }
        listed = found.prefix(Self.maximum).map { finding in
            Warning(
                check: finding.check.rawValue, severity: finding.severity, from: finding.from, to: finding.to,
                count: finding.count, detail: finding.detail)
        }
        (omitted, areChecked) = (max(0, found.count - Self.maximum), true)
    }

    /// From ``sql(ofSymbol:_:from:before:)``.
    init(_ stored: Value, areChecked: Bool) throws(PostgresError) {
        guard let object = stored.objectValue, let listed = object["listed"]?.arrayValue,
            let omitted = object["omitted"]?.numberValue?.int
        else { throw PostgresError(.unexpectedResult, "warnings that are no object of a list and a count") }
        self.listed = try listed.map { one throws(PostgresError) in try Warning(one) }
        (self.omitted, self.areChecked) = (omitted, areChecked)
    }

    static let form = Form<(timeframe: Timeframe, finding: Warning)>.object("BarWarning", Warning.members)

    /// Members `warnings`, `warnings_omitted` and `bars_checked` of whatever rests on bars of a timeframe.
    static let members: [Member<(timeframe: Timeframe, warnings: BarWarnings)>] = [
        .member(
            "warnings",
            Form<[(timeframe: Timeframe, finding: Warning)]>.list(of: form).described(
                "What is known against the bars, worst first, \(maximum) at most; what was dismissed is left out")
        ) { told in told.warnings.listed.map { (told.timeframe, $0) } },
        .member("warnings_omitted", Form<Int>.integer.described("How many more there are"), \.warnings.omitted),
        .member(
            "bars_checked",
            Form<Bool>.flag.described(
                "Whether the bars were checked as they were used; else the warnings are those of the last check, if any"
            ),
            \.warnings.areChecked),
    ]

    /// The same members, for the command line.
    public func write(into json: inout Writer, _ timeframe: Timeframe) {
        for member in Self.members { member.write(&json, (timeframe, self)) }
    }
}

extension BarWarnings.Warning {
    fileprivate init(_ stored: Value) throws(PostgresError) {
        guard let object = stored.objectValue, let check = object["check"]?.stringValue,
            let severity = object["severity"]?.stringValue.flatMap(Finding.Severity.init),
            let from = object["from"]?.numberValue?.int, let to = object["to"]?.numberValue?.int,
            let count = object["count"]?.numberValue?.int, let detail = object["detail"]?.stringValue
        else { throw PostgresError(.unexpectedResult, "a warning without its members") }
        (self.check, self.severity, self.from, self.to) = (check, severity, Int64(from), Int64(to))
        (self.count, self.detail) = (count, detail)
    }
}

extension BarWarnings {
    /// SQL for them as jsonb, of the bars that start from one time to before another. Each carries its finding's number, so
    /// that it can be told later whether that was dismissed; several short gaps, which are one, have none.
    ///
    /// The share of bars that are missing is told of the whole series: it counts where any of them is of these days.
    static func sql(ofSymbol symbol: String, _ interval: String, from: String, before end: String) -> String {
        let isOfThese = "last >= \(from) AND first < \(end)"
        let open = "symbol_id = \(symbol) AND interval = \(interval) AND dismissed_at IS NULL AND \(isOfThese)"
        return """
            (SELECT jsonb_build_object(
                'listed', coalesce(jsonb_agg(jsonb_build_object(
                    'id', id, 'check', check_name, 'severity', severity, 'count', count, 'detail', detail,
                    'from', (extract(epoch FROM first) * 1000000)::bigint, 'to', (extract(epoch FROM last) * 1000000)::bigint)
                  ORDER BY place) FILTER (WHERE place <= \(maximum)), '[]'),
                'omitted', greatest(count(*) - \(maximum), 0))
              FROM (
                SELECT *, row_number() OVER (ORDER BY \(Finding.order)) AS place FROM (
                  SELECT id, check_name, severity, count, detail, first, last, dismissed_at FROM data_findings
                  WHERE \(open) AND severity <> 'info' AND (check_name <> 'coverage' OR EXISTS (
                    SELECT FROM data_findings WHERE symbol_id = \(symbol) AND interval = \(interval)
                      AND check_name IN ('gap', 'identity') AND \(isOfThese)))
                  UNION ALL
                  SELECT CASE places WHEN 1 THEN id END, 'gap', 'info', bars, CASE places WHEN 1 THEN detail ELSE format(
                      '%s%s bars are missing in %s places of these days: nothing was filled in, and what was held then had no price.',
                      CASE WHEN NOT are_inside THEN 'At least ' END, bars, places) END, first, last, NULL
                  FROM (
                    SELECT count(*) AS places, min(id) AS id, min(detail) AS detail, min(first) AS first, max(last) AS last,
                      bool_and(is_inside) AS are_inside,
                      greatest(sum(count) FILTER (WHERE is_inside), count(*))::bigint AS bars
                    FROM (SELECT *, first >= \(from) AND last < \(end) AS is_inside FROM data_findings
                      WHERE \(open) AND severity = 'info' AND check_name = 'gap') gaps) short
                  WHERE places > 0) told) found)
            """
    }

    /// SQL for what is left of stored ones without those that an operator has dismissed since.
    static func stillOpen(_ stored: String) -> String {
        """
        jsonb_set(\(stored), '{listed}', (
          SELECT coalesce(jsonb_agg(one ORDER BY place), '[]')
          FROM jsonb_array_elements(\(stored) -> 'listed') WITH ORDINALITY AS told (one, place)
          WHERE NOT EXISTS (
            SELECT FROM data_findings WHERE id = (one ->> 'id')::bigint AND dismissed_at IS NOT NULL)))
        """
    }
}

extension Query {
    /// What is known now against stored bars that start in a range, both ends included, Unix microseconds.
    static func barWarnings(ofSymbol id: Int, _ timeframe: Timeframe, from: Int64, to: Int64) -> Query<BarWarnings> {
        .one(
            """
            SELECT \(BarWarnings.sql(ofSymbol: "$1::int", "$2", from: "$3::timestamptz", before: "$4::timestamptz")),
              EXISTS (SELECT FROM bar_series b JOIN series_checks c USING (symbol_id, interval, revision)
                WHERE b.symbol_id = $1::int AND b.interval = $2)
            """, id, timeframe, Instant(microseconds: from), Instant(microseconds: to + 1)
        ) { row in try BarWarnings(row.next(), areChecked: row.next()) }
    }
}
