import Backtest
import Market
import Strategy

/// A result for people: what was run, the figures, the first and last trades.
struct BacktestTable {
    let text: String

    init(
        _ strategy: StrategyDefinition, _ report: Report, _ hash: String, _ timeframe: Timeframe, _ warnings: [String]
    ) {
        let range = "\(Self.label(report.times.first, timeframe)) to \(Self.label(report.times.last, timeframe))"
        var parts = [strategy.summary, "\(counted(report.times.count, "bar")), \(range)."]
        parts.append(Self.figures(report))
        if !report.trades.isEmpty { parts.append(Self.trades(report, timeframe)) }
        for notice in report.notices { parts.append("\(notice.rawValue): \(notice.message)") }
        parts += warnings
        parts.append("result hash \(hash)")
        text = parts.joined(separator: "\n\n")
    }

    private static func figures(_ report: Report) -> String {
        let rows = report.metrics.all.map { metric, figure in
            let unit = metric.description.unit
            return [
                metric.rawValue, figure.value.map { number($0, unit) } ?? "-", figure.reason?.rawValue ?? unit.rawValue,
            ]
        }
        return Console.table(rows, rightAligned: [1])
    }

    private static func trades(_ report: Report, _ timeframe: Timeframe) -> String {
        let shown = 10
        var rows = [["#", "bought", "at", "sold", "at", "profit", "%", "bars", "because"]]
        for (index, trade) in report.trades.enumerated() {
            guard index < shown || index >= report.trades.count - shown else {
                if index == shown { rows.append(["...", "", "", "", "", "", "", "", ""]) }
                continue
            }
            rows.append([
                String(index + 1), label(trade.entryTime, timeframe), Console.decimal(trade.entryPrice, 4),
                label(trade.exitTime, timeframe), Console.decimal(trade.exitPrice, 4),
                Console.decimal(trade.profit, 2), Console.decimal(trade.profitPercent, 2),
                String(trade.barsHeld),
                trade.exitReason.rawValue + (trade.isGap ? " (gap)" : ""),
            ])
        }
        return Console.table(rows, rightAligned: [0, 2, 4, 5, 6, 7])
    }

    private static func number(_ value: Double, _ unit: MetricDescription.Unit) -> String {
        unit == .count || unit == .bars && value == value.rounded()
            ? Console.decimal(value, 0) : Console.decimal(value, 4)
    }

    private static func label(_ time: Int64?, _ timeframe: Timeframe) -> String {
        guard let time else { return "" }
        let instant = Instant(microseconds: time)
        return timeframe == .day ? instant.day?.description ?? "" : instant.textInSeconds
    }
}
