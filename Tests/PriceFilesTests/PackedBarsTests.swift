import Market
import Testing

@testable import PriceFiles

/// Bars that wait to be put in order.
@Suite struct PackedBarsTests {
    private static func usual(_ count: Int) -> [RowBar] {
        (0..<count).map { number in
            let time = Instant("2024-01-01T00:00:00Z")!.microseconds - Int64(number) * Timeframe.hour.microseconds
            let open = Double(1_000_000 + number * 7_919 % 100_003) / 100
            return RowBar(
                time: time, start: time, open: open, high: open + 1.25, low: open - 1.3, close: open + 0.01,
                volume: Double(number * 104_729 % 99_991) / 10, line: number + 2)
        }
    }

    private static func bits(_ bar: RowBar) -> [UInt64] {
        [bar.open, bar.high, bar.low, bar.close, bar.volume].map(\.bitPattern)
            + [UInt64(bitPattern: bar.time), UInt64(bitPattern: bar.start), UInt64(bar.line)]
    }

    private static func same(_ bars: [RowBar], _ priceDecimals: Int, _ volumeDecimals: Int) -> Bool {
        PackedBars(bars, priceDecimals: priceDecimals, volumeDecimals: volumeDecimals).unpacked.map(bits)
            == bars.map(bits)
    }

    @Test(arguments: [0, 2, 9, 30]) func `come out as they went in`(_ decimals: Int) {
        #expect(Self.same(Self.usual(5_000), decimals, 1) && Self.same([], decimals, 1))
    }

    @Test func `whatever numbers they have`() {
        let odd: [Double] = [
            0, -0.0, 1 / 3, 27.439999999999998, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity,
            0x1p53, 0x1p52 + 1,
            90_071_992_547_409.91, -90_071_992_547_409.91,
        ]
        var bars: [RowBar] = []
        for (line, number) in odd.enumerated() {
            for other in odd {
                bars.append(
                    RowBar(
                        time: line.isMultiple(of: 2) ? .max : .min, start: Int64(line), open: number, high: other,
                        low: number, close: other, volume: number, line: line))
            }
        }
        for decimals in [0, 2, 22] { #expect(Self.same(bars, decimals, decimals)) }
    }

    /// A million of them leave room in 64 MB for everything else.
    @Test func `take little room`() {
        let packed = PackedBars(Self.usual(16_384), priceDecimals: 2, volumeDecimals: 1)
        #expect(packed.bytes.count < 28 * 16_384)
    }
}
