import CVectors
import SeededNumbers
import Testing

@testable import Backtest

/// Every loop gives the same bits on every kind of processor; each is run as it is compiled for all that this one is.
@Suite struct VectorTests {
    typealias Column = [Double]
    static let levels = 0...vectors_highest_level()

    /// Numbers of a market, and with them all that may break a vector: zeros, infinities and what is not a number.
    private func column(_ count: Int, _ random: inout SplitMix, strange: Bool = false) -> Column {
        (0..<count).map { _ in
            let value = Double.random(in: 0.5...200, using: &random)
            guard strange, Int.random(in: 0..<5, using: &random) == 0 else { return value }
            return [Double(0), -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -value].randomElement(
                using: &random)!
        }
    }

    private func bits(_ column: Column) -> [UInt64] { column.map { $0.isNaN ? 0x7ff8 << 48 : $0.bitPattern } }

    @Test(
        arguments: [
            ([900, 500, 300], 2, 2), ([900, 500, 300], 1, 1), ([900, 500, 300], 0, 0), ([900, 500, 470], 2, 1),
            ([900, 500, 800], 2, 1), ([900, 850, 700], 2, 2), ([900, 1_000, 1_000], 2, 0), ([900, 850, 820], 2, 0),
            ([900, 900, 400], 2, 2), ([0, 0, 0], 2, 0),
        ] as [([Int64], Int32, Int32)])
    func `a wider loop has to be a tenth faster`(nanoseconds: [Int64], highest: Int32, level: Int32) {
        #expect(vectors_choose(nanoseconds, highest) == level)
    }

    @Test func `which loops run is measured in less than a millisecond, and once`() {
        let clock = ContinuousClock()
        let times = (0..<20).map { _ in clock.measure { #expect(Self.levels.contains(vectors_fastest_level())) } }
        #expect(times.min()! < .milliseconds(1))
        let level = vectors_level()
        #expect(Self.levels.contains(level) && (0..<1_000).allSatisfy { _ in vectors_level() == level })
    }

    /// Up to the limit more cells may be read and written, behind it none.
    @Test(arguments: levels, [(0, 1, 1), (3, 8, 40), (0, 40, 200), (5, 200, 200), (168, 199, 200), (170, 180, 200)])
    func `points of a holding`(level: Int32, place: (from: Int, to: Int, limit: Int)) {
        var random = SplitMix(seed: 1)
        let closes = column(place.limit, &random, strange: true)
        var found = Column(repeating: 7, count: place.limit + 40)
        vectors_hold(level, closes, Int64(place.from), Int64(place.to), Int64(place.limit), 0.25, 3.5, &found)
        let range = place.from..<place.to
        #expect(bits(Column(found[range])) == bits(closes[range].map { 0.25 + 3.5 * $0 }))
        #expect((found[..<place.from] + found[place.limit...]).allSatisfy { $0 == 7 })
    }

    @Test(arguments: levels)
    func `who leaves two prices first`(level: Int32) {
        let count = 150
        let quiet = Column(repeating: 100, count: count)
        func found(_ low: Column, _ high: Column, _ from: Int, _ to: Int) -> Int {
            Int(vectors_reach(level, quiet, low, high, 90, 110, Int64(from), Int64(to), Int64(count)))
        }
        for (from, to) in [(0, 150), (3, 20), (10, 11), (0, 32), (100, 149), (140, 150)] {
            #expect(found(quiet, quiet, from, to) == to)
            for place in stride(from: 0, to: count, by: 7) {
                for wrong in [Double.nan, 90, 110] {
                    var (low, high) = (quiet, quiet)
                    if wrong == 110 { high[place] = wrong } else { low[place] = wrong }
                    #expect(
                        found(low, high, from, to) == ((from..<to).contains(place) ? place : to), "\(wrong) at \(place)"
                    )
                }
            }
        }
    }

    /// One rounding of a product and a sum stands for a division; so the sums are those that lie next to where a rounding
    /// changes, too.
    @Test(arguments: levels)
    func `means divide exact sums`(level: Int32) {
        var random = SplitMix(seed: 2)
        let divisors =
            [2, 3, 7, 10, 30, 199, 200].flatMap { [$0, $0 * 100, $0 * 1_000_000_000_000] } + [1 << 47, (1 << 48) - 1]
        for divisor in divisors.map(Double.init) {
            var sums: [Int64] = [0, 1, (1 << 53) - 1, 1 << 52, Int64(divisor), min((1 << 53) - 1, Int64(divisor) &* 7)]
            while sums.count < 512 {
                // Next to the middle between two doubles.
                let quotient = Double.random(in: 0..<(0x1p53 / divisor), using: &random)
                let middle = Int64((quotient + quotient.ulp / 2) * divisor)
                sums += [middle, middle + 1, Int64.random(in: 0..<1 << 53, using: &random)].map {
                    min($0, (1 << 53) - 1)
                }
            }
            sums.removeLast(sums.count - 512)
            let oldest = sums.map { _ in Int64.random(in: .min ... .max, using: &random) }
            var found = Column(repeating: 0, count: 512)
            // Sums of all bars before may have wrapped around.
            vectors_means(level, zip(oldest, sums).map { $0 &+ $1 }, oldest, 512, divisor, &found)
            #expect(found == sums.map { Double($0) / divisor })
        }
    }

    @Test(arguments: levels)
    func `comparisons are bits`(level: Int32) {
        var random = SplitMix(seed: 3)
        var left = column(512, &random, strange: true)
        let right = column(512, &random, strange: true)
        for i in stride(from: 0, to: 512, by: 5) { left[i] = right[i] }
        for i in stride(from: 1, to: 512, by: 7) { left[i] = right[i] * (1 + 1e-10) }
        func isApart(_ l: Double, _ r: Double) -> Bool { abs(l - r) > 1e-9 * (abs(r) > abs(l) ? abs(r) : abs(l)) }
        for (other, step) in [(right, 1), (Column(repeating: 70, count: 8), 0)] {
            for (words, areLanes) in [(2, false), (8, false), (8, true)] {
                // In one lane word after word, in eight a word of each lane.
                func has(_ found: [UInt64], _ cell: Int) -> Bool {
                    let (word, bit) = areLanes ? (cell % 8, cell / 8) : (cell / 64, cell % 64)
                    return found[word] >> UInt64(bit) & 1 == 1
                }
                var found = [UInt64](repeating: 0, count: 8)
                for factor in [1, 1.125] {
                    vectors_greater(level, left, 1, other, Int64(step), factor, Int64(words), areLanes ? 1 : 0, &found)
                    for i in 0..<(64 * words) { #expect(has(found, i) == (left[i] > other[i * step] * factor), "\(i)") }
                }
                vectors_apart(level, left, 1, other, Int64(step), Int64(words), areLanes ? 1 : 0, &found)
                for i in 0..<(64 * words) { #expect(has(found, i) == isApart(left[i], other[i * step]), "\(i)") }
            }
        }
    }

    @Test(arguments: levels, [true, false])
    func `prices of lanes side by side`(level: Int32, areExact: Bool) {
        var random = SplitMix(seed: 6)
        let stored = (0..<8 * 40).map { _ in
            Double(Int.random(in: 1...1_000_000, using: &random)) / 100 * (areExact ? 1 : 1 + 1e-11)
        }
        let count = 16
        var (prices, levels) = (Column(repeating: 0, count: 8 * count), Column(repeating: 0, count: 8 * count))
        var sums = [Int64](repeating: .max, count: 8 * count + 8)
        vectors_lanes(level, stored, 37, Int64(count), 100, areExact ? 1 : 0, &prices, &levels, &sums)
        for lane in 0..<8 {
            var sum = Int64.max
            for i in 0..<count {
                let price = stored[lane * 37 + i], ticks = (price * 100).rounded()
                sum &+= Int64(ticks)
                #expect(prices[8 * i + lane] == (areExact ? price : ticks / 100))
                #expect(levels[8 * i + lane] == ticks)
                #expect(sums[8 * i + 8 + lane] == sum)
            }
        }
        let (onlyLevels, nothing) = (levels, prices)
        vectors_lanes(level, stored, 37, Int64(count), 100, areExact ? 1 : 0, nil, &levels, nil)
        #expect(levels == onlyLevels && prices == nothing)
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
        var random = SplitMix(seed: 4)
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
        // Side by side; the first level of each is the one before the first bar.
        let levels = (0..<51).flatMap { i in sources.map { $0[i] } }
        var (strengths, means) = (Column(repeating: 0, count: 400), Column(repeating: 0, count: 400))
        levels.withUnsafeBufferPointer {
            let first = $0.baseAddress! + 8
            vectors_strengths(level, first, 50, fading, &gains, &losses, &factors, &strengths)
            vectors_averages(level, first, 50, 0.125, &averages, &means)
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
                #expect(strengths[8 * i + lane] == strength, "lane \(lane) bar \(i)")
                #expect(means[8 * i + lane] == expectedAverages[lane], "lane \(lane) bar \(i)")
            }
        }
        #expect(gains == expectedGains)
        #expect(losses == expectedLosses)
        #expect(averages == expectedAverages)
    }

    @Test(arguments: levels)
    func `who comes up to a peak first, and how low it was before`(level: Int32) {
        var random = SplitMix(seed: 8)
        for (from, to) in [(0, 0), (0, 1), (2, 9), (0, 16), (3, 40), (0, 64)] {
            for place in -1..<to {
                var points = column(64, &random).map { $0 == 200 ? 0 : $0 }
                if place >= 0 { points[place] = [200, 201, .infinity].randomElement(using: &random)! }
                if to > 30 { points[20] = .nan }
                for before in [Double.infinity, 1] {
                    var lowest = before
                    let found = Int(vectors_below(level, points, 200, Int64(from), Int64(to), &lowest))
                    let end = (from..<to).contains(place) && place != 20 ? place : to
                    #expect(found == end, "\(place) in \(from)..<\(to)")
                    #expect(lowest == points[from..<max(from, end)].reduce(before) { $1 < $0 ? $1 : $0 })
                }
            }
        }
    }

    /// Up to the limit more may be read, behind it nothing; what is read too much counts nowhere.
    @Test(arguments: levels, [(1, 1), (1, 30), (7, 7), (8, 8), (15, 16), (63, 63), (64, 64), (60, 70), (200, 200)])
    func `sums have one order`(level: Int32, cells: (count: Int, limit: Int)) {
        var random = SplitMix(seed: 5)
        let (count, limit) = cells
        let curves = (column(limit + 1, &random), column(limit + 1, &random))
        func returns(_ points: Column) -> Column { (0..<limit).map { points[$0 + 1] / points[$0] - 1 } }
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
            var extremes = Column(repeating: 0, count: 4)
            var divided = (Column(repeating: 7, count: limit + 8), Column(repeating: 7, count: limit + 8))
            vectors_plain(
                level, own, market, areCurves, Int64(count), Int64(limit), &found, &extremes, &divided.0, &divided.1)
            #expect(bits(found) == bits(plain))
            let seen = [own, market].map { $0[(areCurves == 1 ? 1 : 0)..<(count + Int(areCurves))] }
            #expect(extremes == seen.flatMap { [$0.min()!, $0.max()!] })
            let written = areCurves == 1 ? count : 0
            #expect(bits(Column(divided.0[..<written])) == bits(Column(lists.0[..<written])))
            #expect(bits(Column(divided.1[..<written])) == bits(Column(lists.1[..<written])))
            #expect((divided.0 + divided.1).filter { $0 == 7 }.count == 2 * (limit + 8 - (written + 7) / 8 * 8))
        }
        for hasLine in [Int64(0), 1] {
            var found = Column(repeating: 0.5, count: 64)
            vectors_powers(level, lists.0, lists.1, hasLine, Int64(count), 0.01, 0.7, 0.001, &found)
            #expect(bits(found) == bits(hasLine == 1 ? powers : powers[..<32] + Column(repeating: 0.5, count: 32)))
        }
    }

    @Test(arguments: levels)
    func `what is not a number is no extreme`(level: Int32) {
        let points: Column = [1, .nan, 3, 2, .nan]
        var (sums, extremes) = (Column(repeating: 0, count: 48), Column(repeating: 0, count: 4))
        var (own, market) = (Column(repeating: 0, count: 8), Column(repeating: 0, count: 8))
        vectors_plain(level, points, points, 1, 4, 4, &sums, &extremes, &own, &market)
        #expect(extremes == [2, 3, 2, 3])
    }
}
