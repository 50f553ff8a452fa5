import Market
import Testing

@Suite struct TickSearchTests {
    private static func series(_ prices: [Double]) -> CandleSeries {
        CandleSeries(
            times: prices.indices.map { Int64($0) }, open: prices, high: prices, low: prices, close: prices,
            volume: prices)
    }

    @Test(arguments: TickScaleTests.cases)
    func `in stretches, from either end, it finds what the whole series has`(
        _ behaviour: String, prices: [Double], exponent: Int?, isExact: Bool
    ) {
        for prices in [prices, prices.reversed()] {
            for size in [1, 2, 7, 300] {
                var search = TickSearch()
                for start in stride(from: 0, to: prices.count, by: size) {
                    search.add(Self.series(Array(prices[start..<min(start + size, prices.count)])))
                }
                #expect(search.exponent(ofBars: prices.count) == exponent, "\(behaviour), \(size) at a time")
            }
        }
    }

    @Test(
        arguments: [
            ("bars on the grid", [10.25], 2, 10.25, 2), ("a finer bar", [10.125], 2, 20, 3),
            ("a coarser bar", [10.0], 2, 20, 2), ("a bar on no grid", [1e-7 / 3], 2, 20, nil),
            ("a series that has none", [10.0], nil, 20, nil),
            ("a finer bar where the others are then too many ticks", [0.000000000001], 2, 100, nil),
            ("a bar that is too many ticks", [1e12], 4, 100, nil),
        ] as [(String, [Double], Int?, Double, Int?)])
    func `it goes on where a series is known`(
        _ behaviour: String, _ prices: [Double], _ known: Int?, _ highest: Double, _ exponent: Int?
    ) {
        var search = TickSearch(exponent: known, highest: highest)
        search.add(Self.series(prices))
        #expect(search.exponent(ofBars: 1_000) == exponent, "\(behaviour)")
    }

    @Test func `so many ticks that no double tells them apart are no grid, whichever bar comes first`() {
        for prices in [[3_000, 0.000000000001], [0.000000000001, 3_000]] {
            #expect(TickScale.find(in: Self.series(prices)) == nil)
        }
    }
}
