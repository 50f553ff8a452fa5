import Market
import Postgres

/// How far the closes of two sources of a series are apart, where both have bars: who is asked which of them is to stay wants
/// to know. A constant ratio is another adjustment, currency or unit.
public struct SourceComparison: Equatable, Sendable, CustomStringConvertible {
    /// Bars that both have, of the first that came.
    let bars: Int
    /// Of the differences, as a share of the stored close; nil without a bar in common.
    let median: Double?
    /// Bars whose closes differ by more than ``far``.
    let beyond: Int
    /// Between which the new close is of the stored one.
    let lowest: Double?, highest: Double?

    static let far = 0.005

    public var description: String {
        guard bars > 0, let median, let lowest, let highest else { return "they have no bar in common" }
        let both = "on \(counted(bars, "bar")) that both have"
        if highest / lowest - 1 < Self.far, median > Self.far {
            return
                "\(both) the new closes are \(BarStore.Refusal.text((lowest + highest) / 2)) times the stored ones throughout: "
                + "another adjustment, currency or unit"
        }
        guard median > 0 || beyond > 0 || lowest < highest else { return "\(both) the closes are the same" }
        return
            "\(both) the closes differ by \((median * 10_000).rounded() / 100) % in the median, and \(beyond) of them by more "
            + "than \(Self.far * 100) %"
    }
}

extension Query {
    /// Of bars with those that are stored under a symbol.
    static func comparison(of bars: CandleSeries, with table: BarTable, symbol id: Int) -> Query<SourceComparison> {
        .one(
            """
            SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(sent.close / b.close - 1)),
              count(*) FILTER (WHERE abs(sent.close / b.close - 1) > $4::float8), min(sent.close / b.close),
              max(sent.close / b.close)
            FROM unnest($2::\(table.castType)[], $3::float8[]) AS sent (t, close)
            JOIN \(table.name) b ON b.symbol_id = $1::int AND b.\(table.timeColumn) = sent.t
            """, id, table.parameter(bars.times), bars.close, SourceComparison.far, read: inOrder(SourceComparison.init)
        )
    }
}
