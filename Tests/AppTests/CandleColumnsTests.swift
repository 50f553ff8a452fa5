import JSON
import Market
import Testing

@testable import App

@Suite struct CandleColumnsTests {
    private func columns(_ closes: [Double], maxPoints: Int? = nil, timeframe: Timeframe = .hour) throws -> Object {
        var bars = CandleSeries()
        for (index, close) in closes.enumerated() {
            // The first lies before 1970.
            bars.append(
                time: Int64(index - 3) * timeframe.microseconds, open: close, high: close, low: close, close: close,
                volume: close)
        }
        var json = Writer()
        CandleColumns.form.write(&json, CandleColumns(bars, 0..<bars.count, timeframe, maxPoints: maxPoints))
        return try #require(parse(json.bytes).objectValue)
    }

    private func numbers(_ object: Object, _ name: String) -> [Double] {
        object[name]?.arrayValue?.compactMap { $0.numberValue?.double } ?? []
    }

    @Test(
        arguments: [
            ([5, 7], 0), ([1.25, 7], 2), ([0.00000001, 20_000.5], 8), ([0.1 + 0.2, 1], 0), ([1e300, 1.5], 0),
            ([123_456_789_012_345, 1], 0), ([0.000_000_000_001], 12), ([1e-13], 0), ([], 0),
        ] as [([Double], Int)])
    func `whole numbers of a power of ten say exactly the same`(_ closes: [Double], _ places: Int) throws {
        let answer = try columns(closes)
        #expect(answer["price_decimals"]?.numberValue?.double == Double(places))
        var unit = 1.0
        for _ in 0..<places { unit *= 10 }
        #expect(numbers(answer, "close").map { $0 / unit } == closes)
        if places > 0 { #expect(numbers(answer, "close").allSatisfy { $0 == $0.rounded() }) }
    }

    @Test func `decimals of every length come back`() throws {
        for places in 0...9 {
            var state: UInt64 = 7
            let closes = (0..<2_000).map { _ -> Double in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                var unit = 1.0
                for _ in 0..<places { unit *= 10 }
                return Double(state >> 24 % 1_000_000_000 + 1) / unit
            }
            let answer = try columns(closes)
            var unit = 1.0
            for _ in 0..<Int(answer["price_decimals"]?.numberValue?.double ?? -1) { unit *= 10 }
            #expect(numbers(answer, "close").map { $0 / unit } == closes)
        }
    }

    @Test func `starts are distances, the first from 1970`() throws {
        #expect(numbers(try columns([1, 2, 3, 4]), "bars_since_1970") == [-3, 1, 1, 1])
        #expect(try columns([1, 2], timeframe: .day)["seconds_per_bar"] == 86_400)
    }

    @Test(arguments: [(7, 7, 1), (7, 6, 2), (7, 1, 7), (6, 3, 2), (1, 5, 1), (0, 5, 1)])
    func `neighbours become one when there are too many`(_ count: Int, _ most: Int, _ size: Int) throws {
        let closes = (0..<count).map { Double($0 % 3 + 1) }
        let answer = try columns(closes, maxPoints: most)
        #expect(answer["bars_per_point"]?.numberValue?.double == Double(size))
        let groups = stride(from: 0, to: count, by: size).map { closes[$0..<min($0 + size, count)] }
        #expect(groups.count <= most)
        #expect(numbers(answer, "open") == groups.map { $0.first! })
        #expect(numbers(answer, "high") == groups.map { $0.max()! })
        #expect(numbers(answer, "low") == groups.map { $0.min()! })
        #expect(numbers(answer, "close") == groups.map { $0.last! })
        #expect(numbers(answer, "volume") == groups.map { $0.reduce(0, +) })
    }
}
