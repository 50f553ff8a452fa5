import Market
import Testing

@Suite struct TickScaleTests {
    static let cases: [(String, [Double], exponent: Int?, isExact: Bool)] = [
        ("whole prices", [1, 20, 300], 0, true),
        ("cents", [20.01, 19.99, 20], 2, true),
        ("one price with more places decides", [20.01, 19.995, 20], 3, true),
        ("eight places", [0.00001234, 0.5], 8, true),
        ("twelve places", [0.000000000001, 0.5], 12, true),
        ("float noise of a single precision price is read through its real digits", [27.440000534057617], 8, false),
        ("noise below a billionth is no digit", [27.44 * (1 + 2e-10), 27.45], 2, false),
        ("a third has ticks once a billionth of it is below one", [1.0 / 3], 9, false),
        ("too wide a range has no scale", [1e-7 / 3, 70_000.123456], nil, false),
        (
            "prices too large for exact sums have no scale",
            [9.1e13, 9.1e13, 9.1e13] + .init(repeating: 9.1e13, count: 200), nil, false
        ),
        (
            "noise at first may be places later", [1.0000000005, 2] + .init(repeating: 1, count: 600) + [0.0000000005],
            10, true
        ),
        ("noise among many", .init(repeating: 27.44, count: 600) + [27.44 * (1 + 2e-10)], 2, false),
        ("an empty series is whole", [], 0, true),
    ]

    @Test(arguments: cases)
    func `scales`(_ behaviour: String, prices: [Double], exponent: Int?, isExact: Bool) {
        let scale = TickScale.find(in: series(closes: prices))
        #expect(scale?.exponent == exponent, "\(behaviour)")
        #expect((scale?.isExact ?? false) == isExact, "\(behaviour)")
    }

    @Test func `a price in any column counts`() {
        var bars = series(closes: [10, 10])
        bars.append(time: 9, open: 10, high: 10, low: 9.5, close: 10, volume: 1)
        #expect(TickScale.find(in: bars)?.exponent == 1)
        bars.append(time: 10, open: 10, high: 10.25, low: 9.5, close: 10, volume: 1)
        #expect(TickScale.find(in: bars)?.exponent == 2)
        bars.append(time: 11, open: 10.125, high: 10.25, low: 9.5, close: 10, volume: 1)
        #expect(TickScale.find(in: bars)?.exponent == 3)
    }

    private func series(closes: [Double]) -> CandleSeries {
        CandleSeries(
            times: closes.indices.map { Int64($0) }, open: closes, high: closes, low: closes, close: closes,
            volume: closes)
    }
}
