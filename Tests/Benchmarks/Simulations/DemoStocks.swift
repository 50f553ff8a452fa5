import Glibc
import Market

/// The demo prices of shares in a folder, SYMBOL.1d.csv.
func demoStocks(in folder: String) -> [(name: String, bars: CandleSeries)] {
    ["AAPL", "AMZN", "GOOG", "META", "NFLX", "NVDA"].map { symbol in
        guard let file = fopen("\(folder)/\(symbol).1d.csv", "re") else {
            fatalError("no \(symbol).1d.csv in \(folder)")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
        var series = CandleSeries()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",")
            let prices = cells.dropFirst().compactMap { Double($0) }
            guard let day = CalendarDay(String(cells[0])), prices.count == 5 else { fatalError("\(symbol): \(line)") }
            series.append(
                time: day.start.microseconds, open: prices[0], high: prices[1], low: prices[2], close: prices[3],
                volume: prices[4])
        }
        return (symbol, series)
    }
}
