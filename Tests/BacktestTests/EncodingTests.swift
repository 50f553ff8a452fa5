import Backtest
import JSON
import Market
import Strategy
import Testing

@Suite struct EncodingTests {
    @Test func `bars are tag count and columns`() {
        var series = CandleSeries()
        series.append(time: 1, open: 1, high: 2, low: 0.5, close: 1.5, volume: -0.0)
        var expected: [UInt8] = [18, 0, 0, 0] + Array("bitstockerz.bars.1".utf8)
        expected += [1, 0, 0, 0, 0, 0, 0, 0]  // count
        expected += [1, 0, 0, 0, 0, 0, 0, 0]  // time
        expected += [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
        expected += [0, 0, 0, 0, 0, 0, 0, 0x40]
        expected += [0, 0, 0, 0, 0, 0, 0xe0, 0x3f]
        expected += [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]
        expected += [0, 0, 0, 0, 0, 0, 0, 0x80]
        #expect(Encodings.bars(series) == expected)
    }

    @Test func `bars in pieces are the same bytes`() {
        var series = CandleSeries()
        for bar in 0..<10 {
            series.append(time: Int64(bar) << 40, open: Double(bar) / 3, high: 9, low: 0, close: 5, volume: .pi)
        }
        var pieces = Encodings.barsHead(count: 10)
        for part in [0..<7, 7..<10] { pieces += Encodings.column(Array(series.times[part])) }
        for column in [series.open, series.high, series.low, series.close, series.volume] {
            for part in [0..<1, 1..<10] { pieces += Encodings.column(Array(column[part])) }
        }
        #expect(pieces == Encodings.bars(series))
    }

    @Test func `settings are tag numbers and timing`() throws {
        let options = try SimulationOptions(
            initialEquity: 7, allocationPercent: 1, commissionBasisPoints: 2, executionTiming: .nextOpen)
        var expected: [UInt8] = [22, 0, 0, 0] + Array("bitstockerz.settings.1".utf8)
        expected += [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
        expected += [0, 0, 0, 0, 0, 0, 0, 0x40]
        expected += [0, 0, 0, 0, 0, 0, 0, 0]
        expected += [9, 0, 0, 0] + Array("next_open".utf8)
        #expect(Encodings.settings(options) == expected)
    }

    @Test func `anything that may change a result changes the content`() throws {
        let base = Encodings.content(
            strategy(stop: 2), options: .standard, periodsPerYear: 252, first: 3, barsHash: "ab")
        let others = try [
            Encodings.content(strategy(stop: 3), options: .standard, periodsPerYear: 252, first: 3, barsHash: "ab"),
            Encodings.content(
                strategy(stop: 2), options: SimulationOptions(initialEquity: 1), periodsPerYear: 252, first: 3,
                barsHash: "ab"),
            Encodings.content(
                strategy(stop: 2), options: SimulationOptions(slippageBasisPoints: 1), periodsPerYear: 252, first: 3,
                barsHash: "ab"),
            Encodings.content(strategy(stop: 2), options: .standard, periodsPerYear: 365, first: 3, barsHash: "ab"),
            Encodings.content(strategy(stop: 2), options: .standard, periodsPerYear: 252, first: 4, barsHash: "ab"),
            Encodings.content(strategy(stop: 2), options: .standard, periodsPerYear: 252, first: 3, barsHash: "cd"),
        ]
        for other in others { #expect(other != base) }
        #expect(
            Encodings.content(strategy(stop: 2), options: .standard, periodsPerYear: 252, first: 3, barsHash: "ab")
                == base)
    }

    @Test func `a result is its trades and its equity`() throws {
        let bars = try prepared([(100, 101, 99, 100), (99, 99, 90, 96)])
        let report = try Engine.run(strategy(stop: 5), on: bars, periodsPerYear: 252)
        let bytes = Encodings.result(report)
        let tag = 4 + "bitstockerz.result.1".utf8.count
        #expect(bytes.count == tag + 8 + (9 * 8 + 4 + 9 + 1) + 8 + 2 * 8)
        #expect(bytes[tag] == 1)
        #expect(bytes[bytes.count - 24] == 2)
        let gap = try Engine.run(
            strategy(stop: 5), on: prepared([(100, 101, 99, 100), (95, 99, 90, 96)]), periodsPerYear: 252)
        #expect(Encodings.result(gap) == bytes, "the same trade and the same equity")
        let other = try Engine.run(strategy(stop: 6), on: bars, periodsPerYear: 252)
        #expect(Encodings.result(other) != bytes)
    }

    @Test func `the document of the command line`() throws {
        let bars = try prepared([(100, 101, 99, 100), (91, 99, 90, 96), (96, 97, 95, 96)])
        let report = try Engine.run(strategy(stop: 5), on: bars, periodsPerYear: 252)
        let document = try #require(parse(report.json(resultHash: "00ff")).objectValue)
        #expect(document.names == ["trades", "equity", "metrics", "result_hash", "notices", "null_reasons"])
        let trade = try #require(document["trades"]?.arrayValue?.first?.objectValue)
        #expect(
            trade.names == [
                "entry_index", "exit_index", "entry_time", "exit_time", "entry_price", "exit_price", "quantity",
                "pnl_abs", "pnl_pct", "bars_held", "exit_reason", "gap",
            ])
        #expect(trade["entry_time"] == "2020-01-01T00:00:00.000Z")
        #expect(trade["exit_price"] == 91)
        #expect(trade["exit_reason"] == "stop_loss")
        #expect(trade["gap"] == true)
        #expect(document["equity"] == [10_000, 9_100, 9_100])
        #expect(document["result_hash"] == "00ff")
        #expect(document["notices"] == ["SIGNAL_CLOSE_TIMING"])
        let metrics = try #require(document["metrics"]?.objectValue)
        #expect(metrics.names == Metric.allCases.map(\.rawValue) + ["recovered"])
        #expect(metrics["final_equity"] == 9_100)
        #expect(metrics["num_trades"] == 1)
        #expect(metrics["avg_win_pct"] == .null)
        #expect(document["null_reasons"]?.objectValue?["avg_win_pct"] == "NO_WINS")
    }
}
