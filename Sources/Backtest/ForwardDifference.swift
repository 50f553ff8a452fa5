import Trading

/// Why the equity of a strategy that was traded differs from that of a backtest of the same bars.
///
/// The backtest is turned into what was done in four steps, each worth what it changes, so that the parts always add up:
/// trades that were not taken are left out; those that ended at another bar end there; they get the prices they had; what is
/// left is what they cost beside the backtest's commission, and what rounding to cents and units took.
public struct ForwardDifference: Equatable, Sendable {
    public let missed: Double
    public let timing: Double
    public let price: Double
    public let cost: Double

    public var total: Double { missed + timing + price + cost }

    /// A position as it was taken, or would have been.
    public struct Position: Equatable, Sendable {
        public let entryBar: Int
        public let entryPrice: Double
        /// Nil while it is held.
        public let exitBar: Int?
        public let exitPrice: Double?

        public init(entryBar: Int, entryPrice: Double, exitBar: Int? = nil, exitPrice: Double? = nil) {
            (self.entryBar, self.entryPrice, self.exitBar, self.exitPrice) = (entryBar, entryPrice, exitBar, exitPrice)
        }
    }

    /// - Parameters:
    ///   - equity: what was made of the capital.
    ///   - taken: in the order in which they were opened, each closed before the next.
    ///   - last: the close of the last bar.
    ///   - options: of the backtest, its capital included.
    public init(
        equity: Double, taken: [Position], beside run: ForwardRun, last: Double, options: SimulationOptions
    ) {
        let meant = run.positions
        func value(_ positions: [Position]) -> Double { Self.equity(of: positions, last: last, options) }
        let byEntry = Dictionary(meant.map { ($0.entryBar, $0) }) { first, _ in first }
        // What was bought where the backtest, with its bars as they are now, buys nothing, came at another time.
        let kept = taken.compactMap { byEntry[$0.entryBar] }
        let timed = taken.map { position in
            guard let meant = byEntry[position.entryBar] else { return position }
            let isSame = meant.exitBar == position.exitBar
            return Position(
                entryBar: meant.entryBar, entryPrice: meant.entryPrice, exitBar: position.exitBar,
                exitPrice: isSame ? meant.exitPrice : position.exitPrice)
        }
        let (all, held, moved, priced) = (
            run.equity.last ?? options.initialEquity, value(kept), value(timed), value(taken)
        )
        (missed, timing, price, cost) = (held - all, moved - held, priced - moved, equity - priced)
    }

    /// What the capital becomes of with these positions, one after another, and no others.
    private static func equity(of positions: [Position], last: Double, _ options: SimulationOptions) -> Double {
        let costs = options.costs, sizing = options.sizing
        var cash = options.initialEquity, quantity = 0.0
        for position in positions {
            // The prices are those of fills.
            quantity = sizing.quantity(equity: cash, price: position.entryPrice, stop: nil, costs: costs) ?? 0
            cash -= costs.spent(on: quantity, at: position.entryPrice)
            guard let exit = position.exitPrice else { continue }
            cash += costs.received(for: quantity, at: exit)
            quantity = 0
        }
        return cash + quantity * last
    }
}

extension ForwardRun {
    /// What was bought, and when it was sold again.
    public var positions: [ForwardDifference.Position] {
        var positions: [ForwardDifference.Position] = []
        for move in moves {
            switch move.side {
            case .buy: positions.append(.init(entryBar: move.bar, entryPrice: move.price))
            case .sell:
                guard let bought = positions.popLast() else { continue }
                positions.append(
                    .init(
                        entryBar: bought.entryBar, entryPrice: bought.entryPrice, exitBar: move.bar,
                        exitPrice: move.price))
            }
        }
        return positions
    }
}
