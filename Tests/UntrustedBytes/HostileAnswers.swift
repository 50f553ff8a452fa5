import Market

/// What vendors of prices should not answer.
extension HostileInput {
    static let prices: [HostileInput] = [
        .init(.coinbase, "candles, the newest first") { list($0) { candle(299 - $0) } },
        .init(.coinbase, "candles in no order") { list($0) { candle($0 * 7_919 % 10_007 % 300) } },
        .init(.coinbase, "the same candle again and again") { list($0) { _ in candle(1) } },
        .init(.coinbase, "candles before the window in no order") { list($0) { candle(-($0 * 7_919 % 10_007) - 1) } },
        .init(.coinbase, "a number without end") { filled($0, "[[1640995200,", ",1,1,1,1]]") { _ in "1" } },
        .init(.coinbase, "rows of nothing") { list($0) { _ in "[]," } },
        .init(.coinbase, "a page") { filled($0, "<html>") { _ in "<p>Sign in</p>" } },
        .init(.binance, "rows") { list($0) { kline($0) } },
        .init(.binance, "rows in no order") { list($0) { kline($0 * 7_919 % 10_007) } },
        .init(.binance, "a text of digits without end") {
            filled($0, "[[1640995200000,\"", "\",\"1\",\"1\",\"1\",\"1\"]]") { _ in "1" }
        },
        .init(.binance, "members of an error") { filled($0, "{\"code\":-1121", "}") { ",\"k\($0)\":0" } },
        .init(.alpaca, "bars") { list($0, "{\"bars\":{\"BTC/USD\":[", "]}}") { bar($0) } },
        .init(.alpaca, "bars in no order") {
            list($0, "{\"bars\":{\"BTC/USD\":[", "]}}") { bar($0 * 7_919 % 10_007) }
        },
        .init(.alpaca, "symbols") { filled($0, "{\"bars\":{\"\":[]", "}}") { ",\"S\($0)\":[]" } },
        .init(.alpaca, "a symbol of accents") { filled($0, "{\"bars\":{\"B", "\":[]}}", part: accents) },
        .init(.alpaca, "members of a bar") {
            filled($0, "{\"bars\":{\"BTC/USD\":[{\"t\":0", "}]}}") { ",\"k\($0)\":0" }
        },
        .init(.alpaca, "a token without end") {
            filled($0, "{\"bars\":{},\"next_page_token\":\"", "\"}") { _ in "QUFQ" }
        },
        .init(.tiingo, "days") { list($0) { day($0) } },
        .init(.tiingo, "days in no order, each split") {
            list($0) { day($0 * 7_919 % 10_007, split: $0 % 2 == 0 ? "2" : "0.5") }
        },
        .init(.tiingo, "one day that is split again and again") { list($0) { _ in day(1, split: "1.0000001") } },
        .init(.tiingo, "a date without end") { filled($0, "[{\"date\":\"2024-01-02T", "\"}]") { _ in "0" } },
        .init(.tiingo, "members of a day") { filled($0, "[{\"date\":\"2024-01-02\"", "}]") { ",\"k\($0)\":0" } },
    ]

    /// A list of rows, each with a comma behind it but for the last.
    private static func list(
        _ size: Int, _ head: String = "[", _ tail: String = "]", row: (Int) -> String
    ) -> [UInt8] {
        Array(filled(size - tail.utf8.count, head, part: row).dropLast()) + tail.utf8
    }

    /// The bar of the hour so many after the first that is asked for, with a comma behind it.
    private static func candle(_ hour: Int) -> String { "[\(1_640_995_200 + hour * 3_600),1,4,2,3,5.25]," }

    private static func kline(_ hour: Int) -> String {
        "[\(1_640_995_200_000 + hour * 3_600_000),\"2.00\",\"4.00\",\"1.00\",\"3.00\",\"5.25\",0,\"0\",1],"
    }

    private static func bar(_ hour: Int) -> String {
        let time = Instant(microseconds: UntrustedReader.firstBar + Int64(hour) * 3_600_000_000)
        return "{\"t\":\"\(time.textInSeconds)\",\"o\":2,\"h\":4,\"l\":1,\"c\":3,\"v\":5.25},"
    }

    private static func day(_ number: Int, split: String = "1.0") -> String {
        let time = Instant(microseconds: UntrustedReader.firstBar + Int64(number) * 86_400_000_000)
        return
            "{\"date\":\"\(time.dayText)\",\"open\":2,\"high\":4,\"low\":1,\"close\":3,\"volume\":5,\"splitFactor\":\(split)},"
    }
}
