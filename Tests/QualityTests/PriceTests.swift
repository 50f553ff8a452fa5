import Market
import Testing

@testable import Quality

/// What is said of prices that jump or stand still.
@Suite struct PriceTests {
    /// 100 quiet bars, with these in place of those from the 80th on, and the rest at the level of the last of them.
    private static func bars(_ kind: Kind, _ closes: [Double], opens: [Double?] = [], staying: Bool) -> Inspection {
        var bars = quiet(100)
        for (offset, close) in closes.enumerated() {
            bars[80 + offset] = Bar(close, open: offset < opens.count ? opens[offset] ?? close : close)
        }
        if staying, let last = closes.last {
            for index in (80 + closes.count)..<100 {
                bars[index] = Bar(bars[index].close * last / 100, open: bars[index - 1].close)
            }
        }
        return kind.inspect(bars)
    }

    /// The close before is 100.75.
    private static let before = quiet(100)[79].close

    @Test(arguments: [
        ("a day of an equity, below the bound", Kind.sessions, 0.705, false), ("and above", .sessions, 0.704, true),
        ("up, below", .sessions, 1.419, false), ("up, above", .sessions, 1.4195, true),
        ("a day of a coin, below", .days, 1.349, false), ("and above", .days, 1.351, true),
        ("an hour of a coin, below", .hours, 1.161, false), ("and above", .hours, 1.163, true),
    ])
    func `spikes are told`(_ case: String, _ kind: Kind, _ ratio: Double, _ isSpike: Bool) {
        // Not where a split would open.
        let inspection = Self.bars(kind, [Self.before * ratio], opens: [Self.before], staying: true)
        #expect((inspection.of(.spike).count == 1) == isSpike, "\(`case`)")
        #expect(inspection.of(.badTick) == [])
        #expect(inspection.of(.spike).allSatisfy { $0.severity == .info && $0.from == kind.slots(81)[80] })
    }

    @Test func `where prices always jump a jump is no spike`() {
        let wild = (0..<100).map { Bar($0 % 2 == 0 ? 100 : 106) }
        let calm = (0..<100).map { Bar($0 % 2 == 0 ? 100 : 101) }
        // Ten times the median of 6 % is 79 %.
        #expect(Kind.sessions.inspect(wild + [Bar(160, open: 106)]).of(.spike) == [])
        #expect(Kind.sessions.inspect(calm + [Bar(160, open: 106)]).of(.spike).count == 1)
    }

    @Test(arguments: [
        ("back to where it was", [50.0, 100], true), ("within a fifth", [50, 81], true),
        ("not quite", [50, 79], false),
        ("up and back", [200.0, 119], true), ("up and not quite", [200, 122], false), ("no next bar", [50], false),
    ])
    func `a spike that comes back is a bad tick`(_ case: String, _ closes: [Double], _ isBad: Bool) {
        var series = (0..<80).map { Bar($0 % 2 == 0 ? 100.5 : 100) }
        series += closes.map { Bar($0, open: $0 == 50 ? 95 : 105) }
        let inspection = Kind.sessions.inspect(series)
        #expect((inspection.of(.badTick).count == 1) == isBad, "\(`case`)")
        #expect(inspection.of(.spike).isEmpty == isBad, "the way back is no spike of its own")
    }

    @Test func `in an hour of a coin a move that stays is none that comes back`() {
        // 17 % up is within a fifth of the level before, and stays there all the same.
        let inspection = Self.bars(.hours, [Self.before * 1.17], staying: true)
        #expect(inspection.of(.badTick) == [])
        #expect(inspection.of(.spike).count == 1)
    }

    @Test(arguments: [
        ("a low of half is low", Bar(100, low: 50), false), ("less cannot be", Bar(100, low: 49.9), true),
        ("a high of twice is high", Bar(100, high: 200), false), ("more cannot be", Bar(100, high: 200.1), true),
    ])
    func `prices far from open and close are told`(_ case: String, _ bar: Bar, _ isBad: Bool) {
        for index in [0, 50, 99] {
            var bars = quiet(100)
            bars[index] = bar
            let inspection = Kind.hours.inspect(bars)
            let slot = Kind.hours.slots(100)[index]
            #expect(inspection.of(.badTick).map(\.from) == (isBad ? [slot] : []), "\(`case`)")
            #expect(inspection.of(.badTick).allSatisfy { $0.detail.contains("far from open 100.00 and close 100.00") })
        }
    }

    @Test(arguments: [
        ("2:1", 0.5, 0.5, "2:1"), ("3:2", 1 / 1.5, 0.67, "3:2"), ("3:1", 1 / 3.0, 0.32, "3:1"),
        ("4:1", 0.2555, 0.258, "4:1"),
        ("5:1", 0.2, 0.2, "5:1"), ("7:1", 1 / 7.0, 0.145, "7:1"),
        ("10:1", 0.1, 0.1, "10:1"), ("20:1", 0.05, 0.05, "20:1"),
        ("a reverse one", 20, 19, "reverse split of 20:1"), ("open at the border", 0.514, 0.5, "2:1"),
        ("open beyond it", 0.516, 0.5, nil), ("close at the border", 0.5, 0.549, "2:1"),
        ("close beyond it", 0.5, 0.552, nil),
        ("a fall during the day", 1, 0.5, nil),
    ])
    func `what looks like a split is told`(_ case: String, _ open: Double, _ close: Double, _ words: String?) {
        let inspection = Self.bars(.sessions, [Self.before * close], opens: [Self.before * open], staying: true)
        let splits = inspection.of(.splitSuspect)
        #expect(splits.count == (words == nil ? 0 : 1), "\(`case`)")
        if let words {
            #expect(splits.first?.detail.contains(words) == true, "\(`case`)")
            #expect(inspection.of(.spike) == [])
        }
        let coin = Self.bars(.days, [Self.before * close], opens: [Self.before * open], staying: true)
        #expect(coin.of(.splitSuspect) == [], "coins are not split")
    }

    @Test(arguments: [
        ("as many shares as before", 0.5, 1.0, Finding.Severity.warning), ("twice as many", 0.5, 2, .error),
        ("not half-way to twice", 0.5, 1.4, .warning), ("nearer to four times", 0.5, 2.9, .warning),
        ("as after a true fall", 0.5, 12, .warning), ("seven times at 7:1", 1 / 7.0, 7.2, .error),
        ("a tenth after a reverse one", 10, 0.1, .error), ("ten times after a reverse one", 10, 10, .warning),
        ("none at all", 0.5, 0, .warning),
    ])
    func `a split that the volume confirms is an error`(
        _ case: String, _ level: Double, _ volume: Double, _ severity: Finding.Severity
    ) {
        var bars = quiet(100)
        for index in 60..<100 { bars[index] = Bar(bars[index].close * level, volume: 1_000 * volume) }
        #expect(Kind.sessions.inspect(bars).of(.splitSuspect).map(\.severity) == [severity], "\(`case`)")
    }

    @Test(arguments: [
        ("a stretch in pence", Kind.sessions, 40..<60, 100.0, 40...59),
        ("in a hundredth", .days, 40..<60, 0.01, 40...59),
        ("one bar", .hours, 40..<41, 100, 40...40), ("up to the end", .sessions, 40..<100, 0.01, 40...99),
        ("not quite a hundred", .hours, 40..<60, 85, 40...59),
    ])
    func `another unit is told`(
        _ case: String, _ kind: Kind, _ stretch: Range<Int>, _ factor: Double, _ told: ClosedRange<Int>
    ) {
        var bars = quiet(100)
        for index in stretch { bars[index] = Bar(bars[index].close * factor) }
        let inspection = kind.inspect(bars)
        let slots = kind.slots(100)
        #expect(inspection.of(.unitError).map(\.from) == [slots[told.lowerBound]], "\(`case`)")
        #expect(inspection.of(.unitError).map(\.to) == [slots[told.upperBound]], "\(`case`)")
        #expect(inspection.of(.unitError).map(\.count) == [told.count])
        #expect(inspection.of(.spike) + inspection.of(.badTick) + inspection.of(.splitSuspect) == [])
    }

    @Test func `a move of fifty times is no other unit`() {
        #expect(Self.bars(.days, [Self.before * 50], staying: true).of(.unitError) == [])
    }

    @Test func `prices on both sides of a hole are not compared`() {
        var bars = quiet(100)
        for index in 60..<100 { bars[index] = Bar(bars[index].close * 3) }
        #expect(Kind.sessions.inspect(bars, missing: Set(50..<60)).findings.map(\.check) == [.coverage, .gap])
        #expect(Kind.sessions.inspect(bars).of(.splitSuspect).isEmpty == false)
    }

    @Test(arguments: [
        ("four bars", 4, 1_000.0, [String]()), ("five", 5, 1_000, ["warning 2020-01-11..2020-01-15 5"]),
        ("twenty", 20, 0, ["warning 2020-01-11..2020-01-30 20"]),
        ("up to the end", 90, 5, ["warning 2020-01-11..2020-04-09 90"]),
    ])
    func `prices that stand still are told`(_ case: String, _ count: Int, _ volume: Double, _ told: [String]) {
        var bars = quiet(100)
        for index in 10..<(10 + count) { bars[index] = Bar(100.3, open: 100.1, high: 102, low: 99, volume: volume) }
        #expect(Kind.days.inspect(bars).told(.stale, .day) == told, "\(`case`)")
    }
}
