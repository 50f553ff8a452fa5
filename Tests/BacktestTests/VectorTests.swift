import CVectors
import Testing

@testable import Backtest

/// Every loop gives the same bits on every kind of processor; each is run as it is compiled for all that this one is.
@Suite struct VectorTests {
    typealias Column = [Double]
    static let levels = 0...vectors_level()

    /// Numbers of a market, and with them all that may break a vector: zeros, infinities and what is not a number.
    private func column(_ count: Int, _ random: inout Seeded, strange: Bool = false) -> Column {
        (0..<count).map { _ in
            let value = Double.random(in: 0.5...200, using: &random)
            guard strange, Int.random(in: 0..<5, using: &random) == 0 else { return value }
            return [Double(0), -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -value].randomElement(
                using: &random)!
        }
    }

    private func bits(_ column: Column) -> [UInt64] { column.map { $0.isNaN ? 0x7ff8 << 48 : $0.bitPattern } }

    @Test(arguments: levels, [1, 7, 8, 63, 64, 200])
    func `points of a holding`(level: Int32, count: Int) {
        var random = Seeded(1)
        let closes = column(count, &random, strange: true)
        var found = Column(repeating: 0, count: count)
        vectors_hold(level, closes, Int64(count), 0.25, 3.5, &found)
        #expect(bits(found) == bits(closes.map { 0.25 + 3.5 * $0 }))
    }

    @Test(arguments: levels)
    func `means divide exact sums`(level: Int32) {
        var random = Seeded(2)
        let oldest = (0..<64).map { _ in Int64.random(in: .min ... .max, using: &random) }
        let sums: [Int64] = (0..<64).map { [0, 1, (1 << 53) - 1, 1 << 52][$0 % 4] }
        var found = Column(repeating: 0, count: 64)
        // Sums of all bars before may have wrapped around.
        vectors_means(level, zip(oldest, sums).map { $0 &+ $1 }, oldest, 64, 3_000, &found)
        #expect(found == sums.map { Double($0) / 3_000 })
    }

    @Test(arguments: levels)
    func `comparisons are bits`(level: Int32) {
        var random = Seeded(3)
        var left = column(128, &random, strange: true)
        let right = column(128, &random, strange: true)
        for i in stride(from: 0, to: 128, by: 5) { left[i] = right[i] }
        var found: [UInt64] = [0, 0]
        vectors_greater(level, left, 1, right, 1, 1, 2, &found)
        for i in 0..<128 { #expect((found[i / 64] >> UInt64(i % 64) & 1 == 1) == (left[i] > right[i]), "\(i)") }
        for factor in [1, 1.125] {
            vectors_greater(level, left, 1, Column(repeating: 70, count: 8), 0, factor, 2, &found)
            for i in 0..<128 { #expect((found[i / 64] >> UInt64(i % 64) & 1 == 1) == (left[i] > 70 * factor), "\(i)") }
        }
    }

    @Test(arguments: levels)
    func `what is seen of bars, lane by lane`(level: Int32) {
        let prices = (0..<16).map { Double(100 + $0) / 4 }
        for (place, wrong, flags) in [
            (-1, 0.0, [true, true, true]), (3, .nan, [false, false, false]), (5, -1, [false, false, true]),
            (9, .infinity, [false, false, true]), (12, 0x1p60, [true, false, true]),
            (14, 25.001, [true, false, false]), (2, 25 * (1 + 2e-10), [true, true, false]),
        ] {
            var high = prices, open = prices, low = prices
            if place >= 0 { (high[place], open[place], low[place]) = (wrong, wrong, min(wrong, prices[place])) }
            if flags[0], place >= 0 { high[place] = max(high[place], prices[place]) }
            var seen = BarSight()
            withUnsafeMutableBytes(of: &seen) { seen in
                let lanes = seen.assumingMemoryBound(to: Int64.self).baseAddress!
                vectors_look(level, open, high, low, prices, prices, 16, 4, lanes)
            }
            #expect([seen.isSound, seen.isWhole, seen.isExact] == flags, "\(wrong) at \(place)")
        }
    }

    @Test(arguments: levels)
    func `numbers ascend or do not`(level: Int32) {
        for fall in 0..<18 {
            var numbers = (0..<17).map { Int64($0 * 3) }
            if fall > 0, fall < 17 { numbers[fall] = numbers[fall - 1] }
            var seen = [Int64](repeating: 7, count: 8)
            numbers.withUnsafeBufferPointer { vectors_ascend(level, $0.baseAddress! + 1, 16, &seen) }
            #expect(seen.allSatisfy { $0 == -1 } == (fall == 0 || fall == 17))
        }
    }

    @Test(arguments: levels)
    func `lanes of strengths and averages`(level: Int32) {
        var random = Seeded(4)
        // The third lane stands still, the fourth only rises, the fifth only falls.
        let sources = (0..<8).map { lane -> Column in
            let walk = column(51, &random)
            return lane == 2 ? walk.map { _ in 5 } : lane == 3 ? walk.sorted() : lane == 4 ? walk.sorted(by: >) : walk
        }
        let fading = 13.0 / 14
        var (gains, losses) = (Column(repeating: 0, count: 8), Column(repeating: 0, count: 8))
        var factors = Column(repeating: fading, count: 8)
        var averages = Column(repeating: 3, count: 8)
        var (expectedGains, expectedLosses, expectedFactors, expectedAverages) = (gains, losses, factors, averages)
        // Lanes lie 51 and 60 cells apart; the first level of each is the one before the first bar.
        let levels = sources.flatMap { $0 }
        var (strengths, means) = (Column(repeating: 0, count: 480), Column(repeating: 0, count: 480))
        levels.withUnsafeBufferPointer {
            let first = $0.baseAddress! + 1
            vectors_strengths(level, first, 51, &strengths, 60, 0, 50, fading, &gains, &losses, &factors)
            vectors_averages(level, first, 51, &means, 60, 0, 50, 0.125, &averages)
        }
        for lane in 0..<8 {
            for i in 0..<50 {
                let change = sources[lane][i + 1] - sources[lane][i]
                let (gain, loss) = (change > 0 ? change : 0, -change > 0 ? -change : 0)
                if change == 0 {
                    expectedFactors[lane] *= fading
                } else {
                    expectedGains[lane] = expectedGains[lane] * expectedFactors[lane] + gain
                    expectedLosses[lane] = expectedLosses[lane] * expectedFactors[lane] + loss
                    expectedFactors[lane] = fading
                }
                expectedAverages[lane] += 0.125 * (sources[lane][i + 1] - expectedAverages[lane])
                let (g, l) = (expectedGains[lane], expectedLosses[lane])
                let strength = g == 0 && l == 0 ? 50 : 100 * (g / (g + l))
                #expect(strengths[60 * lane + i] == strength, "lane \(lane) bar \(i)")
                #expect(means[60 * lane + i] == expectedAverages[lane], "lane \(lane) bar \(i)")
            }
        }
        #expect(gains == expectedGains)
        #expect(losses == expectedLosses)
        #expect(averages == expectedAverages)
    }

    @Test(arguments: levels, [1, 7, 8, 63, 64, 200])
    func `sums have one order`(level: Int32, count: Int) {
        var random = Seeded(5)
        let curves = (column(count + 1, &random), column(count + 1, &random))
        func returns(_ points: Column) -> Column { (0..<count).map { points[$0 + 1] / points[$0] - 1 } }
        let lists = (returns(curves.0), returns(curves.1))
        var plain = Column(repeating: 0.5, count: 48)
        var powers = Column(repeating: 0.5, count: 64)
        for i in 0..<count {
            let (r, m) = (lists.0[i], lists.1[i])
            let loss = r < 0 ? r : 0
            for (sum, term) in [r, r * r, loss * loss, m, m * m, m * r].enumerated() { plain[8 * sum + i % 8] += term }
            let lane = i < count / 8 * 8 ? i % 8 : 0
            for (sum, deviation) in [(0, r - 0.01), (32, r - 0.7 * m - 0.001)] {
                let square = deviation * deviation
                for (power, term) in [deviation, square, square * deviation, square * square].enumerated() {
                    powers[sum + 8 * power + lane] += term
                }
            }
        }
        for (areCurves, own, market) in [(Int64(1), curves.0, curves.1), (0, lists.0, lists.1)] {
            var found = Column(repeating: 0.5, count: 48)
            var extremes: Column = [-.infinity, .infinity, -.infinity, .infinity].flatMap {
                Array(repeating: $0, count: 8)
            }
            vectors_plain(level, own, market, areCurves, Int64(count), &found, &extremes)
            #expect(bits(found) == bits(plain))
            if areCurves == 1 {
                let (own, market) = (own.dropFirst(), market.dropFirst())
                let seen = (0..<4).map { extremes[(8 * $0)..<(8 * $0 + 8)] }
                #expect(seen[0].max() == own.max() && seen[1].min() == own.min())
                #expect(seen[2].max() == market.max() && seen[3].min() == market.min())
            }
            for hasLine in [Int64(0), 1] {
                var found = Column(repeating: 0.5, count: 64)
                vectors_powers(level, own, market, areCurves, hasLine, Int64(count), 0.01, 0.7, 0.001, &found)
                #expect(bits(found) == bits(hasLine == 1 ? powers : powers[..<32] + Column(repeating: 0.5, count: 32)))
            }
        }
    }

    @Test(arguments: levels)
    func `what is not a number is no extreme`(level: Int32) {
        let points: Column = [1, .nan, 3, 2, .nan]
        var (sums, extremes) = (Column(repeating: 0, count: 48), Column(repeating: 2.5, count: 32))
        vectors_plain(level, points, points, 1, 4, &sums, &extremes)
        #expect(extremes[..<8].max() == 3 && extremes[8..<16].min() == 2)
    }
}
