import Market
import Testing

@testable import Quality

@Suite struct VolumeTests {
    @Test(arguments: [
        ("one of an equity", Kind.sessions, 1, 1), ("none", .sessions, 0, 0), ("two in 200 of a coin", .days, 2, 0),
        ("three in 200 of a coin", .days, 3, 1), ("all", .hours, 200, 1),
    ])
    func `bars without volume are told`(_ case: String, _ kind: Kind, _ count: Int, _ findings: Int) {
        var bars = quiet(200)
        for index in 0..<count { bars[index].volume = 0 }
        let found = kind.inspect(bars).of(.zeroVolume)
        #expect(found.count == findings, "\(`case`)")
        #expect(found.allSatisfy { $0.count == count && $0.severity == .info && $0.from == kind.slots(1)[0] })
        #expect(found.first?.detail.contains("does not give any") ?? false == (count == 200))
    }

    /// 480 hours of a coin that costs so much; of these blocks of 48 the volume is in money.
    private static func swapped(_ blocks: Set<Int>, at price: Double) -> Inspection {
        let bars = quiet(480, at: price, volume: 30).enumerated().map { index, bar in
            var bar = bar
            if blocks.contains(index / 48) { bar.volume *= bar.close }
            return bar
        }
        return Kind.hours.inspect(bars)
    }

    @Test(
        arguments: [
            ("never", Set<Int>(), 8_000.0, [Range<Int>]()), ("in the middle", [3, 4], 8_000, [144..<240]),
            ("from the beginning", [0, 1], 8_000, [0..<96]), ("to the end", [8, 9], 8_000, [384..<480]),
            ("twice", [2, 7], 8_000, [96..<144, 336..<384]), ("all, which cannot be told", Set(0..<10), 8_000, []),
            ("of a coin that costs 100", [3], 100, [144..<192]), ("of one that costs less", [3], 98, []),
        ] as [(String, Set<Int>, Double, [Range<Int>])])
    func `volume in money is told`(_ case: String, _ blocks: Set<Int>, _ price: Double, _ told: [Range<Int>]) {
        let slots = Kind.hours.slots(480)
        let found = Self.swapped(blocks, at: price).of(.volumeUnit)
        #expect(found.map(\.from) == told.map { slots[$0.lowerBound] }, "\(`case`)")
        #expect(found.map(\.to) == told.map { slots[$0.upperBound - 1] }, "\(`case`)")
        #expect(found.allSatisfy { $0.severity == .warning })
    }

    @Test func `a busy week is no other unit`() {
        let bars = quiet(480, at: 8_000).enumerated().map { index, bar in
            Bar(bar.close, open: bar.open, volume: index / 96 == 2 ? 40_000 : 1_000)
        }
        #expect(Kind.hours.inspect(bars).of(.volumeUnit) == [])
    }

    /// 200 hours of which so many open 5 basis points away from the close before.
    private static func apart(_ count: Int, by distance: Double, _ kind: Kind) -> [Finding] {
        var bars = quiet(201)
        for index in 1...200 {
            let before = bars[index - 1].close
            bars[index] = Bar(bars[index].close, open: index <= count ? before * (1 + distance) : before)
        }
        return kind.inspect(bars).of(.openingContinuity)
    }

    @Test(arguments: [
        ("in half of the bars", 100, 0.000_51, Kind.hours, true), ("in fewer", 99, 0.000_51, .hours, false),
        ("by less", 200, 0.000_49, .hours, false), ("in days", 100, 0.01, .days, true),
        ("an exchange closes", 200, 0.01, .sessions, false),
    ])
    func `openings away from the close are told`(
        _ case: String, _ count: Int, _ distance: Double, _ kind: Kind, _ isTold: Bool
    ) {
        #expect(Self.apart(count, by: distance, kind).isEmpty != isTold, "\(`case`)")
    }
}
