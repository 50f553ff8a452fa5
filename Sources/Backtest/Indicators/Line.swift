import Market
import Strategy

/// The column of an indicator, whatever it is called. Without a name, nothing is counted where one is copied.
struct Line: Equatable {
    let type: IndicatorType
    let period: Int
    let source: PriceSource

    init(_ indicator: Indicator) { (type, period, source) = (indicator.type, indicator.period, indicator.source) }

    /// What computes it.
    var recurrence: any Recurrence.Type { type.recurrence }

    /// The first bar of all that has a value.
    var firstBar: Int { recurrence.firstBar(period: period) }

    /// How far a value may be from the exact one, as a share of it.
    func error(isOnGrid: Bool) -> Double {
        Double(recurrence.roundings(period: period, isOnGrid: isOnGrid)) * 0x1p-53
    }

    /// How many bars of run-up a lane needs; 0: none.
    var memoryBars: Int { recurrence.memoryBars(period: period) }

    /// How many bars before a block it looks at.
    var windowBars: Int { recurrence.windowBars(period: period) }
}
