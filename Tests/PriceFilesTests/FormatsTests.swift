import BytesInMemory
import Market
import Testing

@testable import PriceFiles

/// Shapes of files, one of each, and the first bar of each.
@Suite struct FormatsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var options = ReadingOptions()
        var format = FileFormat.columns
        var kind = "EQUITY 1d"
        var first = ""
        var values: [Double] = [10, 12, 9, 11, 100]
        var bars = 2

        var testDescription: String { name }
    }

    private static func options(_ set: (inout ReadingOptions) -> Void) -> ReadingOptions {
        var options = ReadingOptions()
        set(&options)
        return options
    }

    static let day = "2024-03-04T00:00:00Z", hour = "2024-03-04T05:00:00Z"
    private static let newYork = Zone("-05:00")

    static let cases: [Case] = [
        Case(
            name: "ours",
            text: "timestamp,open,high,low,close,volume\n2024-03-04,10,12,9,11,100\n2024-03-05,10,12,9,11,100\n",
            first: day),
        Case(
            name: "no line end at the end, CR alone",
            text: "Date,Open,High,Low,Close\r2024-03-04,10,12,9,11\r2024-03-05,10,12,9,11", first: day,
            values: [10, 12, 9, 11, 0]),
        Case(
            name: "tabs and quotes",
            text:
                "\"Date\"\t\"Open\"\t\"High\"\t\"Low\"\t\"Close\"\t\"Vol.\"\n\"Mar 04, 2024\"\t\"10\"\t\"12\"\t\"9\"\t\"11\"\t\"100\"\n\"Mar 05, 2024\"\t10\t12\t9\t11\t1.2K\n",
            first: day),
        Case(
            name: "comments and titles",
            text:
                "# made by hand\nExample Inc.\nAll prices in USD, unadjusted\n\ndate;time;open;high;low;close\n// hours\n04.03.2024;05:00;10;12;9;11\n04.03.2024;06:00;10;12;9;11\n",
            kind: "CRYPTO 1h", first: hour, values: [10, 12, 9, 11, 0]),
        Case(
            name: "decimal comma with points between thousands",
            text:
                "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n04.03.2024;1.000,5;1.200,25;900;1.100;1.000.000\n05.03.2024;10,25;12,5;9;11;100\n",
            first: day, values: [1000.5, 1200.25, 900, 1100, 1_000_000]),
        Case(
            name: "commas between thousands",
            text:
                "Date,Open,High,Low,Close,Volume\n2024-03-04,\"$1,000.50\",\"1,200.25\",900,\"1,100\",\"4,787,699\"\n2024-03-05,10.25,12.5,9,11,100\n",
            first: day, values: [1000.5, 1200.25, 900, 1100, 4_787_699]),
        Case(
            name: "carets",
            text: "Date^Open^High^Low^Close^Volume\n2024-03-04^10^12^9^11^100\n2024-03-05^10^12^9^11^100\n", first: day),
        Case(
            name: "carets behind times of many words, in a file without names",
            text: "Mon Mar 04, 2024 05:00 AM^10^12^9^11^100\nMon Mar 04, 2024 06:00 AM^10^12^9^11^100\n",
            format: .plain,
            kind: "CRYPTO 1h", first: hour),
        Case(
            name: "tildes, and commas between thousands",
            text:
                "date~open~high~low~close~volume\n2024-03-04~1,000.5~1,200.25~900~1,100~4,787,699\n2024-03-05~1~1~1~1~1\n",
            first: day, values: [1000.5, 1200.25, 900, 1100, 4_787_699]),
        Case(
            name: "semicolons and decimal commas, in a file without names",
            text: "04.03.2024;10,5;12,5;9,5;11,5;100\n05.03.2024;10,5;12,5;9,5;11,5;100\n", format: .plain, first: day,
            values: [10.5, 12.5, 9.5, 11.5, 100]),
        Case(
            name: "exclamation marks", text: "20240304!10!12!9!11!100\n20240305!10!12!9!11!100\n", format: .plain,
            first: day),
        Case(
            name: "what ASCII has between units",
            text: "date,open,high,low,close,volume\n2024-03-04,10,12,9,11,100\n2024-03-05,10,12,9,11,100\n"
                .split(separator: ",").joined(separator: "\u{1F}"), first: day),
        Case(
            name: "colons behind days",
            text: "date:open:high:low:close:volume\n2024-03-04:10:12:9:11:100\n2024-03-05:10:12:9:11:100\n", first: day),
        Case(
            name: "commas, and more colons in times and offsets",
            text:
                "2024-03-04T05:00:00.000+00:00,10,12,9,11\n2024-03-04T06:00:00.000+00:00,10,12,9,11\n2024-03-04T07:00:00.000+00:00,10,12,9,11\n",
            format: .plain, kind: "CRYPTO 1h", first: hour, values: [10, 12, 9, 11, 0], bars: 3),
        Case(
            name: "an index, and symbols in the file",
            text:
                ",Ticker,Date,Open,High,Low,Close,Volume,Adj Close\n0,AAA,2024-03-04,10,12,9,11,100,5\n1,BBB,2024-03-04,1,1,1,1,1,5\n2,AAA,2024-03-05,10,12,9,11,100,5\n",
            options: options { $0.ticker = "aaa" }, format: .quandl, first: day),
        Case(
            name: "day first, known from one line",
            text: "Date,Open,High,Low,Close\n04/03/2024,10,12,9,11\n05/03/2024,10,12,9,11\n13/03/2024,10,12,9,11\n",
            first: day, values: [10, 12, 9, 11, 0], bars: 3),
        Case(
            name: "month first, two digits of a year",
            text: "Date,Open,High,Low,Close\n3/4/24,10,12,9,11\n3/13/24,10,12,9,11\n", first: day,
            values: [10, 12, 9, 11, 0]),
        Case(
            name: "compact days of Stooq",
            text:
                "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAA.US,D,20240304,000000,10,12,9,11,100,0\nAAA.US,D,20240305,000000,10,12,9,11,100,0\n",
            format: .stooq, first: day),
        Case(
            name: "yfinance, with rows of symbols",
            text:
                "Price,Close,High,Low,Open,Volume\nTicker,AAA,AAA,AAA,AAA,AAA\nDate,,,,,\n2024-03-04,11,12,9,10,100\n2024-03-05,11,12,9,10,100\n",
            format: .yahoo, first: day),
        Case(
            name: "yfinance, one of several symbols",
            text:
                "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\nTicker,AAA,BBB,AAA,BBB,AAA,BBB,AAA,BBB,AAA,BBB\nDate,,,,,,,,,,\n2024-03-04,1,11,1,12,1,9,1,10,1,100\n2024-03-05,1,11,1,12,1,9,1,10,1,100\n",
            options: options { $0.ticker = "BBB" }, format: .yahoo, first: day),
        Case(
            name: "CryptoDataDownload, volumes in one order",
            text:
                "https://www.CryptoDataDownload.com\nUnix,Date,Symbol,Open,High,Low,Close,Volume ETH,Volume USDT,tradecount\n1709532000000,2024-03-04 06:00:00,ETH/USDT,10,12,9,11,100,1100,5\n1709528400000,2024-03-04 05:00:00,ETH/USDT,10,12,9,11,100,1100,5\n",
            format: .cryptoDataDownload, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "CryptoDataDownload, volumes in the other order",
            text:
                "https://www.CryptoDataDownload.com\nUnix,Date,Symbol,Open,High,Low,Close,Volume USDT,Volume ETH\n1709532000000,2024-03-04 06:00:00,ETH/USDT,10,12,9,11,1100,100\n1709528400000,2024-03-04 05-AM,ETH/USDT,10,12,9,11,1100,100\n",
            format: .cryptoDataDownload, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "CryptoDataDownload, volumes in each other's column",
            text:
                "unix,date,symbol,open,high,low,close,volume,Volume USD\n1709532000,2024-03-04 06:00:00,ETH/USD,10,12,9,11,1100,100\n1709528400,2024-03-04 05:00:00,ETH/USD,10,12,9,11,1100,100\n",
            format: .cryptoDataDownload, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Binance dump",
            text:
                "1709528400000,10,12,9,11,100,1709531999999,1100,5,50,550,0\n1709532000000,10,12,9,11,100,1709535599999,1100,5,50,550,0\n",
            format: .binance, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Binance dump in microseconds, with names",
            text:
                "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n1709528400000000,10,12,9,11,100,1709531999999999,1100,5,50,550,0\n1709532000000000,10,12,9,11,100,1709535599999999,1100,5,50,550,0\n",
            format: .binance, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Binance klines",
            text:
                "[[1709528400000,\"10\",\"12\",\"9\",\"11\",\"100\",1709531999999,\"1100\",5,\"50\",\"550\",\"0\"],[1709532000000,\"10\",\"12\",\"9\",\"11\",\"100\",1709535599999,\"1100\",5,\"50\",\"550\",\"0\"]]",
            format: .binance, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Coinbase candles, low first and newest first",
            text: "[[1709532000,9,12,10,11,100],[1709528400,9,12,10,11,100]]", format: .coinbase, kind: "CRYPTO 1h",
            first: hour),
        Case(
            name: "Coinbase's other candles",
            text:
                "{\"candles\":[{\"start\":\"1709532000\",\"low\":\"9\",\"high\":\"12\",\"open\":\"10\",\"close\":\"11\",\"volume\":\"100\"},{\"start\":\"1709528400\",\"low\":\"9\",\"high\":\"12\",\"open\":\"10\",\"close\":\"11\",\"volume\":\"100\"}]}",
            kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Bitfinex candles, close second",
            text: "[[1709532000000,10,11,12,9,100],\n[1709528400000,10,11,12,9,100]]", format: .bitfinex,
            kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Kraken dump", text: "1709528400,10,12,9,11,100,5\n1709532000,10,12,9,11,100,5\n", format: .kraken,
            kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Kraken OHLC, with the average before the volume",
            text:
                "{\"error\":[],\"result\":{\"XXBTZUSD\":[[1709528400,\"10\",\"12\",\"9\",\"11\",\"10.5\",\"100\",5],[1709532000,\"10\",\"12\",\"9\",\"11\",\"10.5\",\"100\",5]],\"last\":1709532000}}",
            format: .kraken, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "Alpha Vantage, adjusted",
            text:
                "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\r\n2024-03-05,10,12,9,11,5,100,0.0,1.0\r\n2024-03-04,10,12,9,11,5,100,0.0,1.0\r\n",
            format: .alphaVantage, first: day),
        Case(
            name: "Alpha Vantage's document",
            text:
                "{\"Meta Data\":{\"1. Information\":\"Daily\",\"2. Symbol\":\"AAA\"},\"Time Series (Daily)\":{\"2024-03-05\":{\"1. open\":\"10\",\"2. high\":\"12\",\"3. low\":\"9\",\"4. close\":\"11\",\"5. volume\":\"100\"},\"2024-03-04\":{\"1. open\":\"10\",\"2. high\":\"12\",\"3. low\":\"9\",\"4. close\":\"11\",\"5. volume\":\"100\"}}}",
            format: .alphaVantage, first: day),
        Case(
            name: "TradingView export",
            text:
                "time,open,high,low,close,Volume,Volume MA\n1709528400,10,12,9,11,100,90\n1709532000,10,12,9,11,100,90\n",
            format: .tradingView, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "LEAN, shares",
            text: "20240304 00:00,100000,120000,90000,110000,100\n20240305 00:00,100000,120000,90000,110000,100",
            format: .lean, first: day),
        Case(
            name: "LEAN, coins", text: "20240304 05:00,10,12,9.0,11,100\n20240304 06:00,10,12.5,9,11,100",
            format: .lean, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "nasdaq.com today",
            text:
                "Date,Close/Last,Volume,Open,High,Low\n03/13/2024,$11,100,$10,$12,$9\n03/04/2024,$11,100,$10,$12,$9\n",
            format: .nasdaq, first: day),
        Case(
            name: "Tiingo",
            text:
                "[{\"date\":\"2024-03-04T00:00:00.000Z\",\"open\":10,\"high\":12,\"low\":9,\"close\":11,\"volume\":100,\"adjClose\":5,\"adjOpen\":5},{\"volume\":100,\"date\":\"2024-03-05T00:00:00.000Z\",\"open\":10,\"high\":12,\"low\":9,\"close\":11}]",
            first: day),
        Case(
            name: "Twelve Data",
            text:
                "{\"meta\":{\"symbol\":\"AAA\"},\"values\":[{\"datetime\":\"2024-03-05\",\"open\":\"10\",\"high\":\"12\",\"low\":\"9\",\"close\":\"11\",\"volume\":\"100\"},{\"datetime\":\"2024-03-04\",\"open\":\"10\",\"high\":\"12\",\"low\":\"9\",\"close\":\"11\",\"volume\":\"100\"}],\"status\":\"ok\"}",
            first: day),
        Case(
            name: "MetaTrader, without names",
            text: "2024.03.04,05:00,10,12,9,11,100\n2024.03.04,06:00,10,12,9,11,100\n", format: .plain,
            kind: "CRYPTO 1h", first: hour),
        Case(
            name: "a symbol before the time", text: "AAA,20240304,10,12,9,11,100\nAAA,20240305,10,12,9,11,100\n",
            format: .plain, first: day),
        Case(
            name: "half hours become hours",
            text:
                "time;open;high;low;close;volume\n2024-03-04T05:00Z;10;12;10;10;40\n2024-03-04T05:30Z;10;11;9;11;60\n2024-03-04T06:00Z;10;12;9;11;50\n2024-03-04T06:30Z;10;12;9;11;50\n2024-03-04T07:00Z;10;12;9;11;50\n",
            format: .tradingView, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "hours become days",
            text: (0..<50).reduce("timestamp,open,high,low,close,volume\n") { text, hour in
                text + "\(1_709_510_400 + hour * 3600),10,12,9,11,\(hour % 24 == 0 ? 54 : 2)\n"
            }, options: options { $0.timeframe = .day }, kind: "CRYPTO 1d", first: day),
        Case(
            name: "an offset in every time",
            text:
                "time,open,high,low,close,volume\n2024-03-04 07:00:00+02:00,10,12,9,11,100\n2024-03-04 08:00:00+02:00,10,12,9,11,100\n",
            format: .tradingView, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "a zone that is said",
            text: "time,open,high,low,close,volume\n2024-03-04 00:00,10,12,9,11,100\n2024-03-04 01:00,10,12,9,11,100\n",
            options: options { $0.zone = newYork }, format: .tradingView, kind: "CRYPTO 1h", first: hour),
        Case(
            name: "no order at all",
            text:
                "date,open,high,low,close,volume\n2024-03-07,1,1,1,1,1\n2024-03-05,1,1,1,1,1\n2024-03-04,10,12,9,11,100\n2024-03-08,1,1,1,1,1\n2024-03-06,1,1,1,1,1\n",
            first: day, bars: 5),
        Case(
            name: "two files joined, the later one first, names and all",
            text:
                "date,open,high,low,close,volume\n2024-03-06,1,1,1,1,1\n2024-03-07,1,1,1,1,1\ndate,open,high,low,close,volume\n2024-03-04,10,12,9,11,100\n2024-03-05,1,1,1,1,1\n",
            first: day, bars: 4),
        Case(
            name: "a session on a Saturday, and one on a Sunday",
            text: "date,open,high,low,close,volume\n2024-03-02,10,12,9,11,100\n2024-03-03,10,12,9,11,100\n",
            first: "2024-03-02T00:00:00Z"),
        Case(
            name: "milliseconds before 1970",
            text: "timestamp,open,high,low,close,volume\n-252460800000,10,12,9,11,100\n-252374400000,10,12,9,11,100\n",
            first: "1962-01-01T00:00:00Z"),
    ]

    @Test(arguments: cases)
    func `is understood`(_ one: Case) throws {
        let file = try PriceFile(BytesInMemory(Array(one.text.utf8)), name: "f", options: one.options)
        let (bars, report) = try file.bars()
        #expect(report.refused == [])
        #expect(file.understood.format == one.format)
        #expect("\(file.understood.assetType.rawValue) \(file.understood.timeframe.rawValue)" == one.kind)
        #expect(bars.count == one.bars)
        #expect(bars.times.first.map { Instant(microseconds: $0).textInSeconds } == one.first)
        #expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]] == one.values)
        #expect(bars.firstError(timeframe: file.understood.timeframe) == nil)
    }

    @Test(arguments: [
        ("META", 1), ("meta", 1), ("MET-A", 2), ("met/a", 2), ("BTC-USDT", 3), ("btcusdt", 3), ("BTCUSDT", 3),
    ])
    func `a symbol is known by any of its writings, and by no other's`(_ ticker: String, _ price: Double) throws {
        let rows = [("META", 1), ("MET-A", 2), ("BTC/USDT", 3)].map { "2024-03-08,\($0),\($1),\($1),\($1),\($1)" }
        let text = "date,ticker,open,high,low,close\n" + rows.joined(separator: "\n")
        var options = ReadingOptions()
        options.ticker = ticker
        let bars = try PriceFile(BytesInMemory(Array(text.utf8)), name: "f", options: options).bars().bars
        #expect(bars.close == [price])
    }

    /// However its bytes arrive.
    struct Dripping: ByteSource {
        let bytes: [UInt8]
        let size: Int
        var position = 0

        mutating func next() -> [UInt8]? {
            guard position < bytes.count else { return nil }
            let end = min(position + size, bytes.count)
            defer { position = end }
            return Array(bytes[position..<end])
        }

        mutating func rewind() { position = 0 }
    }

    @Test(arguments: cases, [1, 7, 64])
    func `stretches of bytes make no difference`(_ one: Case, _ size: Int) throws {
        let bytes = Array(one.text.utf8)
        let whole = try PriceFile(BytesInMemory(bytes), name: "f", options: one.options)
        let dripping = try PriceFile(Dripping(bytes: bytes, size: size), name: "f", options: one.options)
        #expect(dripping.understood == whole.understood)
        #expect(try dripping.bars().bars == whole.bars().bars)
        var stretches = CandleSeries()
        let report = try dripping.read(stretch: 1) { stretches.append($0) }
        #expect(try stretches == whole.bars().bars)
        #expect(report.bars == one.bars)
    }

    /// With its mark.
    private static func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
        ("\u{FEFF}" + text).utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isBigEndian ? [high, low] : [low, high]
        }
    }

    @Test(arguments: cases, [1, 7, 64])
    func `UTF-16 makes no difference, nor does a mark at the beginning`(_ one: Case, _ size: Int) throws {
        // A character that takes two units of it, where a file may have any.
        let text = one.text.first == "#" ? "# \u{1F4C8}\n" + one.text : one.text
        let whole = try PriceFile(BytesInMemory(Array(text.utf8)), name: "f", options: one.options)
        for bytes in [
            Self.utf16(text, isBigEndian: false), Self.utf16(text, isBigEndian: true), [0xEF, 0xBB, 0xBF] + text.utf8,
        ] {
            let file = try PriceFile(Dripping(bytes: bytes, size: size), name: "f", options: one.options)
            #expect(file.understood == whole.understood)
            #expect(try file.bars().bars == whole.bars().bars)
        }
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE], ""), ([0xFE, 0xFF, 0x41], "\u{FFFD}"), ([0xFF, 0xFE, 0x3D, 0xD8, 0xC8, 0xDC], "\u{1F4C8}"),
            ([0xFF, 0xFE, 0x3D, 0xD8], "\u{FFFD}"), ([0xFF, 0xFE, 0x3D, 0xD8, 0x41, 0], "\u{FFFD}A"),
            ([0xFF, 0xFE, 0xC8, 0xDC, 0x41, 0], "\u{FFFD}A"), ([0xEF, 0xBB], "\u{FFFD}"), ([0xEF, 0xBB, 0xBF], ""),
            ([0x41], "A"), ([], ""),
        ] as [([UInt8], String)])
    func `half a character is none`(_ bytes: [UInt8], _ text: String) throws {
        for size in 1...3 {
            var source = UTF8Bytes(Dripping(bytes: bytes, size: size)), read: [UInt8] = []
            for _ in 0..<2 {
                read = []
                while let more = try source.next() {
                    #expect(!more.isEmpty)
                    read += more
                }
                #expect(String(decoding: read, as: UTF8.self) == text)
                try source.rewind()
            }
        }
    }

    @Test(arguments: cases)
    func `a broken file is refused or read, and no bar of it is impossible`(_ one: Case) throws {
        var state: UInt64 = 0x5EED
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
        let signs = Array("0123456789.,;:-+eE/ \"'[]{}\n\r\tTZNn#".utf8)
        for _ in 0..<80 {
            var bytes = Array(one.text.utf8)
            for _ in 0...next(4) {
                switch next(5) {
                case 0: bytes.remove(at: next(bytes.count))
                case 1: bytes.insert(signs[next(signs.count)], at: next(bytes.count))
                case 2: bytes = Array(bytes[..<max(1, next(bytes.count))])
                case 3:
                    bytes.insert(
                        contentsOf: [UInt8](repeating: UInt8(ascii: "9"), count: next(30)), at: next(bytes.count))
                default: bytes[next(bytes.count)] = UInt8(next(256))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            var options = one.options
            options.now = next(2) == 0 ? nil : Instant("2024-03-05T00:00:00Z")?.microseconds
            do {
                let file = try PriceFile(BytesInMemory(bytes), name: "f", options: options)
                let (bars, report) = try file.bars()
                #expect(bars.firstError(timeframe: file.understood.timeframe) == nil)
                #expect(report.bars == bars.count)
            } catch is PriceFileRefusal {}
        }
    }
}
