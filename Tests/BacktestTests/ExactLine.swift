import Backtest
import Strategy

/// The sides of conditions as they are in truth: fractions of whole numbers, or where those would grow without end, more
/// than a hundred digits.
struct ExactLine {
    private static let one = Whole.power(of: 2, 400)

    let bars: TickBars
    private var unit: Whole { .power(of: 10, bars.places) }

    /// nil where there is no value yet.
    func values(of operand: Operand) -> [Ratio?] {
        switch operand {
        case .price(let source): bars.ticks(source).map { Ratio(Whole($0), unit) }
        case .literal(let number): bars.close.map { _ in decimal(number) }
        case .indicator(let indicator): values(of: indicator)
        }
    }

    /// What was written; up to six places.
    private func decimal(_ number: Double) -> Ratio {
        Ratio(Whole(Int((number * 1e6).rounded())), Whole(1_000_000))
    }

    private func values(of indicator: Indicator) -> [Ratio?] {
        let ticks = bars.ticks(indicator.source)
        let n = indicator.period
        var values: [Ratio?] = Array(repeating: nil, count: ticks.count)
        switch indicator.type {
        case .sma:
            for i in ticks.indices where i >= n - 1 {
                values[i] = Ratio(Whole(ticks[(i - n + 1)...i].reduce(0, +)), Whole(n) * unit)
            }
        case .ema:
            var average = Whole(0)
            for i in ticks.indices where i >= n - 1 {
                average =
                    i == n - 1
                    ? Self.one * Whole(ticks[0..<n].reduce(0, +)) / n
                    : (Whole(n - 1) * average + Whole(2 * ticks[i]) * Self.one) / (n + 1)
                values[i] = Ratio(average, Self.one * unit)
            }
        case .rsi:
            var (gains, losses) = (Whole(0), Whole(0))
            for i in ticks.indices.dropFirst() {
                let change = ticks[i] - ticks[i - 1]
                if i > n { (gains, losses) = (Whole(n - 1) * gains / n, Whole(n - 1) * losses / n) }
                gains = gains + Self.one * Whole(max(change, 0))
                losses = losses + Self.one * Whole(max(-change, 0))
                guard i >= n else { continue }
                let both = gains + losses
                values[i] = both == Whole(0) ? Ratio(Whole(50)) : Ratio(Whole(100) * gains, both)
            }
        }
        return values
    }

    /// On which bars a condition holds; nil where the sides are so near to one another that doubles may say either.
    func truth(of condition: Condition) -> (holds: [Bool?], ties: Int) {
        let (left, right) = (values(of: condition.left), values(of: condition.right))
        let orders = zip(left, right).map { l, r in
            l.flatMap { l in
                r.map { l.order(to: $0, equality: .power(of: 10, 60), error: Whole(400_000_000_000)) }
            }
        }
        let holds = orders.indices.map { i -> Bool? in
            guard let now = orders[i] else { return false }
            let before = i > 0 ? orders[i - 1] : nil
            if now == .doubtful { return nil }
            switch condition.comparison {
            case .greater: return now == .greater
            case .greaterOrEqual: return now != .less
            case .less: return now == .less
            case .lessOrEqual: return now != .greater
            case .equal: return now == .equal ? true : nil
            case .crossesAbove:
                return before == .doubtful ? nil : before.map { $0 != .greater && now == .greater } ?? false
            case .crossesBelow: return before == .doubtful ? nil : before.map { $0 != .less && now == .less } ?? false
            }
        }
        return (holds, orders.filter { $0 == .equal }.count)
    }
}
