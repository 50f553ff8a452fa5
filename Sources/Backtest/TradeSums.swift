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

    init(_ evidence: Evidence, _ checkpoint: Checkpoint) throws(BacktestRefusal) {
        let volume = evidence.series.volume
        for (number, trade) in evidence.trades.enumerated() {
            if number % 1024 == 0 { try checkpoint(1024) }
            let percent = trade.profitPercent
            if trade.profit > 0 {
                wins += 1
                won += trade.profit
                winPercents += percent
            } else if trade.profit < 0 {
                losses += 1
                lost -= trade.profit
                lossPercents += percent
            }
            percents += percent
            best = max(best, percent)
            worst = min(worst, percent)
            heldBars += trade.barsHeld
            if volume[evidence.first + trade.entryIndex] == 0 { fillsWithoutVolume += 1 }
            if volume[evidence.first + trade.exitIndex] == 0 { fillsWithoutVolume += 1 }
        }
    }
}
