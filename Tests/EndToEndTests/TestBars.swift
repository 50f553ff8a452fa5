/// Made-up prices with the traits that matter: ticks of a cent, ties, gaps, flat bars, and a wave that makes averages cross.
struct TestBars: Sendable {
    let symbol: String
    let assetType: String
    let timeframe: String
    let times: [String]
    let rows: [(open: Double, high: Double, low: Double, close: Double, volume: Int)]

    static let daily = TestBars("TSTA", "EQUITY", "1d", count: 1_200, seed: 11)
    static let hourly = TestBars("TST-USD", "CRYPTO", "1h", count: 9_000, seed: 12)
    static let all = [daily, hourly, TestBars("TST-USD", "CRYPTO", "1d", count: 900, seed: 13)]

    var csv: String {
        var text = "timestamp,open,high,low,close,volume\n"
        for (time, row) in zip(times, rows) {
            text += "\(time),\(row.open),\(row.high),\(row.low),\(row.close),\(row.volume)\n"
        }
        return text
    }

    private init(_ symbol: String, _ assetType: String, _ timeframe: String, count: Int, seed: UInt64) {
        (self.symbol, self.assetType, self.timeframe) = (symbol, assetType, timeframe)
        var state = seed
        func random(_ range: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % range
        }
        var cents = 5_000, times: [String] = [], day = 0, hour = 0
        var rows: [(open: Double, high: Double, low: Double, close: Double, volume: Int)] = []
        while rows.count < count {
            // Weeks of five days for stocks, of seven for coins; 2 January 2015 was a Friday.
            while assetType == "EQUITY", (day + 4) % 7 >= 5 { day += 1 }
            times.append(Self.label(day: day, hour: timeframe == "1h" ? hour : nil))
            let open = max(200, cents + (random(12) == 0 ? random(200) - 100 : 0))
            let wave = (rows.count / 40) % 2 == 0 ? 6 : -5
            let close = random(15) == 0 ? open : max(200, open + random(121) - 60 + wave)
            let high = max(open, close) + random(40), low = max(100, min(open, close) - random(40))
            rows.append(
                (Double(open) / 100, Double(high) / 100, Double(low) / 100, Double(close) / 100, random(100_000)))
            cents = close
            hour = (hour + 1) % 24
            if timeframe == "1d" || hour == 0 { day += 1 }
        }
        self.times = times
        self.rows = rows
    }

    /// `day` counts from 2 January 2015.
    private static func label(day: Int, hour: Int?) -> String {
        var year = 2015, left = day + 1
        func length(_ year: Int) -> Int { year % 4 == 0 ? 366 : 365 }
        while left >= length(year) {
            left -= length(year)
            year += 1
        }
        let months = [31, length(year) == 366 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var month = 0
        while left >= months[month] {
            left -= months[month]
            month += 1
        }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        let date = "\(year)-\(two(month + 1))-\(two(left + 1))"
        return hour.map { "\(date)T\(two($0)):00:00Z" } ?? date
    }
}

/// A strategy that trades often on ``TestBars``.
enum TestStrategy {
    static let definition = """
        {"indicators":[{"id":"fast","type":"SMA","params":{"period":10},"source":"close"},\
        {"id":"slow","type":"SMA","params":{"period":30},"source":"close"},\
        {"id":"rsi","type":"RSI","params":{"period":14},"source":"close"}],\
        "entry":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_above","right":{"indicator":"slow"}},\
        {"left":{"indicator":"rsi"},"op":"lt","right":{"literal":70}}]},\
        "exit":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_below","right":{"indicator":"slow"}}]},\
        "risk":{"stop_loss":{"type":"percent","value":2},"take_profit":{"type":"percent","value":4}}}
        """

    static func draft(name: String, assetType: String = "EQUITY", timeframe: String = "1d") -> String {
        """
        {"name":"\(name)","asset_type":"\(assetType)","timeframe":"\(timeframe)","definition":\(definition)}
        """
    }
}
