/// What figures need of the closed trades, in one pass in their order.
struct TradeSums {
    private(set) var wins = 0
    private(set) var losses = 0
    private(set) var won = 0.0
    /// Of the losing profits, as a positive number.
    private(set) var lost = 0.0
    private(set) var winPercents = 0.0
    private(set) var lossPercents = 0.0
    private(set) var percents = 0.0
    private(set) var best = -Double.infinity
    private(set) var worst = Double.infinity
    private(set) var heldBars = 0
    private(set) var fillsWithoutVolume = 0

    init(_ evidence: borrowing Evidence, _ checkpoint: Checkpoint) throws(BacktestRefusal) {
        self = try evidence.series.volume.withColumn { volume throws(BacktestRefusal) in
            try TradeSums(evidence.trades, volume.counted(from: evidence.first), checkpoint)
        }
    }

    /// - Parameter volume: of the bars of the range.
    private init(_ trades: [Trade], _ volume: Column<Double>, _ checkpoint: Checkpoint) throws(BacktestRefusal) {
        for (number, trade) in trades.enumerated() {
            if number % 1024 == 0 { try checkpoint(1024) }
            if number + Trade.ahead < trades.count {
                volume.fetch(trades[number + Trade.ahead].entryIndex)
                volume.fetch(trades[number + Trade.ahead].exitIndex)
            }
            // Without a branch: no processor can guess which trades win.
            let (profit, percent) = (trade.profit, trade.profitPercent)
            let isWin = profit > 0, isLoss = profit < 0
            wins += isWin ? 1 : 0
            won += isWin ? profit : 0
            winPercents += isWin ? percent : 0
            losses += isLoss ? 1 : 0
            lost -= isLoss ? profit : 0
            lossPercents += isLoss ? percent : 0
            percents += percent
            best = max(best, percent)
            worst = min(worst, percent)
            heldBars += trade.barsHeld
            if volume[trade.entryIndex] == 0 { fillsWithoutVolume += 1 }
            if volume[trade.exitIndex] == 0 { fillsWithoutVolume += 1 }
        }
    }
}
