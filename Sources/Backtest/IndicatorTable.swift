import Market
import Strategy

/// Every column a definition's conditions look at, computed over all loaded bars, each once. The only owner of its
/// memory; rules bound to it live no longer than ``withRules(_:_:over:_:)`` runs.
struct IndicatorTable: ~Copyable {
    /// Indicators of equal type, period and source are one column whatever they are called.
    private struct Key: Hashable {
        let type: IndicatorType
        let period: Int
        let source: PriceSource

        init(_ indicator: Indicator) {
            type = indicator.type
            period = indicator.period
            source = indicator.source
        }
    }

    private let rows: Int
    private let indicators: [Indicator]
    private let columns: [Key: Int]
    private let sources: [PriceSource]
    /// Prices with noise below a billionth are read as the decimals they stand for, wherever they are compared: a flat
    /// market must equal its own average. Money is always computed with the prices as they are stored.
    private let needsDecimals: Bool
    /// One column of `rows` cells after the other: indicators, then the sources if they need decimals.
    private let cells: UnsafeMutablePointer<Double>

    init(_ definition: StrategyDefinition, rows: Int, tickScale: TickScale?) {
        var indicators: [Indicator] = []
        var columns: [Key: Int] = [:]
        var used: Set<PriceSource> = []
        for operand in (definition.entry + definition.exit).flatMap({ [$0.left, $0.right] }) {
            switch operand {
            case .indicator(let indicator):
                used.insert(indicator.source)
                if columns[Key(indicator)] == nil {
                    columns[Key(indicator)] = indicators.count
                    indicators.append(indicator)
                }
            case .price(let source): used.insert(source)
            case .literal: break
            }
        }
        self.rows = rows
        self.indicators = indicators
        self.columns = columns
        sources = PriceSource.allCases.filter(used.contains)
        needsDecimals = tickScale.map { !$0.isExact } ?? false
        cells = .allocate(capacity: rows * (indicators.count + (needsDecimals ? sources.count : 0)))
    }

    deinit { cells.deallocate() }

    /// Computes all columns; has to come before any rule is asked.
    borrowing func fill(
        from bars: BarPointers, tickScale: TickScale?, checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        for (index, source) in sources.enumerated() {
            let stored = bars.prices(source)
            let used = indicators.enumerated().filter { $0.element.source == source }
            guard let tickScale, needsDecimals || !used.isEmpty else {
                let column = PriceColumn(prices: stored, tickSums: nil, ticksPerUnit: 1, count: rows)
                try fill(used, from: column, checkpoint)
                continue
            }
            let decimals = needsDecimals ? cells + (indicators.count + index) * rows : nil
            let tickSums = UnsafeMutablePointer<Int64>.allocate(capacity: rows + 1)
            defer { tickSums.deallocate() }
            tickSums[0] = 0
            for start in stride(from: 0, to: rows, by: checkpointBars) {
                try checkpoint()
                for i in start..<min(start + checkpointBars, rows) {
                    let ticks = tickScale.ticks(of: stored[i])
                    tickSums[i + 1] = tickSums[i] &+ ticks
                    decimals?[i] = tickScale.price(ofTicks: ticks)
                }
            }
            let prices = decimals.map { UnsafePointer($0) } ?? stored
            let column = PriceColumn(
                prices: prices, tickSums: tickSums, ticksPerUnit: tickScale.ticksPerUnit, count: rows)
            try fill(used, from: column, checkpoint)
        }
    }

    /// Hands out the two rules, bound to the columns.
    borrowing func withRules(
        _ entry: [Condition], _ exit: [Condition], over bars: BarPointers,
        _ body: (_ entry: Rule, _ exit: Rule) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        try bind(entry, bars).withUnsafeBufferPointer { entry throws(BacktestRefusal) in
            try bind(exit, bars).withUnsafeBufferPointer { exit throws(BacktestRefusal) in
                try body(Rule(conditions: entry), Rule(conditions: exit))
            }
        }
    }

    /// Not-a-number where there is none yet.
    borrowing func values(of indicator: Indicator) -> [Double] {
        Array(UnsafeBufferPointer(start: cells + columns[Key(indicator)]! * rows, count: rows))
    }

    private borrowing func fill(
        _ used: [(offset: Int, element: Indicator)], from column: PriceColumn, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        for (index, indicator) in used {
            try Indicators.fill(cells + index * rows, with: indicator, of: column, checkpoint: checkpoint)
        }
    }

    private borrowing func bind(_ conditions: [Condition], _ bars: BarPointers) -> [BoundCondition] {
        var bound: [BoundCondition] = []
        for condition in conditions {
            bound.append(
                BoundCondition(
                    left: side(condition.left, bars), comparison: condition.comparison,
                    right: side(condition.right, bars)))
        }
        return bound
    }

    private borrowing func side(_ operand: Operand, _ bars: BarPointers) -> OperandCells {
        switch operand {
        case .indicator(let indicator):
            return OperandCells(column: cells + columns[Key(indicator)]! * rows)
        case .price(let source):
            guard needsDecimals, let index = sources.firstIndex(of: source) else {
                return OperandCells(column: bars.prices(source))
            }
            return OperandCells(column: cells + (indicators.count + index) * rows)
        case .literal(let number): return OperandCells(literal: number)
        }
    }
}

/// The loaded bars for the length of a run.
struct BarPointers {
    let times: UnsafePointer<Int64>
    let open: UnsafePointer<Double>
    let high: UnsafePointer<Double>
    let low: UnsafePointer<Double>
    let close: UnsafePointer<Double>
    let count: Int

    func prices(_ source: PriceSource) -> UnsafePointer<Double> {
        switch source {
        case .open: open
        case .high: high
        case .low: low
        case .close: close
        }
    }

    /// - Precondition: the series is not empty.
    static func with(
        _ series: CandleSeries, _ body: (BarPointers) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        try series.times.withUnsafeBufferPointer { times throws(BacktestRefusal) in
            try series.open.withUnsafeBufferPointer { open throws(BacktestRefusal) in
                try series.high.withUnsafeBufferPointer { high throws(BacktestRefusal) in
                    try series.low.withUnsafeBufferPointer { low throws(BacktestRefusal) in
                        try series.close.withUnsafeBufferPointer { close throws(BacktestRefusal) in
                            try body(
                                BarPointers(
                                    times: times.baseAddress!, open: open.baseAddress!, high: high.baseAddress!,
                                    low: low.baseAddress!, close: close.baseAddress!, count: series.count))
                        }
                    }
                }
            }
        }
    }
}
