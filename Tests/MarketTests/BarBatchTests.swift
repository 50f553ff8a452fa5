import Market
import Testing

@Suite struct BarBatchTests {
    private static let series = BarSeries(symbol: "BTC-USD", assetType: .crypto, timeframe: .hour)
    private static let source = BarSource(provider: "test")

    private static func bars(_ times: [Int64], low: Double = 1) -> CandleSeries {
        let prices = times.map { _ in 2.0 }
        return CandleSeries(
            times: times, open: prices, high: prices, low: times.map { _ in low }, close: prices, volume: prices)
    }

    @Test(arguments: [
        ("off the grid", bars([0, 1]), BarError(index: 1, reason: .offGrid(.hour))),
        ("twice", bars([3_600_000_000, 3_600_000_000]), BarError(index: 1, reason: .duplicateTime)),
        ("not in order", bars([3_600_000_000, 0]), BarError(index: 1, reason: .notChronological)),
        ("impossible", bars([0], low: 3), BarError(index: 0, reason: .lowAboveBody)),
    ])
    func `what cannot stand in its series is no batch`(_ what: String, _ bars: CandleSeries, _ expected: BarError) {
        let error = #expect(throws: BarError.self) { try BarBatch(bars, of: Self.series, from: Self.source) }
        #expect(error == expected, "\(what)")
    }

    @Test func `bars with gaps, and none at all, are a batch`() throws {
        let bars = Self.bars([0, 7_200_000_000])
        #expect(try BarBatch(bars, of: Self.series, from: Self.source).bars == bars)
        #expect(try BarBatch(CandleSeries(), of: Self.series, from: Self.source).bars.count == 0)
    }
}
