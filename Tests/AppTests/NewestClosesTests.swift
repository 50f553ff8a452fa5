import Market
import Testing

@testable import App

/// Whether a series that takes the place of another is of another scale.
@Suite struct NewestClosesTests {
    private static func series(_ closes: [Double], from first: Int64 = 0) -> CandleSeries {
        var bars = CandleSeries()
        for (place, close) in closes.enumerated() {
            bars.append(
                time: (first + Int64(place)) * Timeframe.day.microseconds, open: close, high: close, low: close,
                close: close, volume: 1)
        }
        return bars
    }

    private func scale(
        _ old: [Double], _ new: [Double], _ adjustment: BarSource.Adjustment = .split
    ) -> UnitScale? {
        var closes = NewestCloses()
        closes.add(Self.series(new), over: Self.series(old))
        return closes.scale(CloseTolerance(adjustment))
    }

    private static let old = (0..<30).map { 100 + Double($0 % 11) }

    @Test func `one ratio of the newest closes is a scale`() {
        #expect(scale(Self.old, Self.old.map { $0 / 4 }) == UnitScale(4, for: 1))
        #expect(scale(Self.old, Self.old.map { $0 * 10 }) == UnitScale(1, for: 10))
        #expect(scale(Self.old, Self.old.map { ($0 / 3 * 100).rounded() / 100 }) == UnitScale(3, for: 1))
        #expect(
            scale(Self.old, Self.old.map { $0 * 0.995 }, .total).map { !$0.isSimple || $0.numerator == 200 } == true)
        #expect(scale(Self.old, Self.old.map { $0 * 0.995 }) == nil, "where no dividend is in the prices")
        #expect(scale(Array(Self.old.prefix(2)), Self.old.prefix(2).map { $0 / 4 }) == nil)
    }

    @Test func `a correction beside a split is in nobody's way, and older closes do not count`() {
        var new = Self.old.map { $0 / 4 }
        new[29] *= 1.004
        new[27] *= 0.99
        #expect(scale(Self.old, new) == UnitScale(4, for: 1))
        // The old ones were split in 2010 and not adjusted: nobody's units change.
        let adjusted = Self.old.enumerated().map { $0.offset < 15 ? $0.element / 4 : $0.element }
        #expect(scale(Self.old, adjusted) == nil)
        // The newest was of the new units already.
        var late = Self.old.map { $0 / 4 }
        late[29] = Self.old[29]
        #expect(scale(Self.old, late) == nil)
        #expect(scale(Self.old, Self.old.reversed()) == nil)
    }

    @Test func `closes come in stretches, and only those of both count`() {
        let new = Self.old.map { $0 / 2 }
        var closes = NewestCloses()
        closes.add(Self.series(Array(new.prefix(20))), over: Self.series(Array(Self.old.prefix(19))))
        closes.add(
            Self.series(Array(new[20..<25]), from: 20), over: Self.series(Array(Self.old[22..<24]), from: 22))
        closes.add(Self.series(Array(new[25...]), from: 25), over: CandleSeries())
        #expect(closes.scale(CloseTolerance(.split)) == UnitScale(2, for: 1))
    }
}
