import BytesInMemory
import Glibc
import Market
import PriceFiles

/// The demo prices of shares, in the one file of a folder that has them all.
func demoStocks(in folder: String) -> [(name: String, bars: CandleSeries)] {
    let path = "\(folder)/stocks_daily.csv"
    guard let file = fopen(path, "re") else { fatalError("no \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
    return ["AAPL", "AMZN", "GOOG", "META", "NFLX", "NVDA"].map { symbol in
        var options = ReadingOptions()
        options.ticker = symbol
        do {
            let (bars, report) = try PriceFile(BytesInMemory(bytes), name: path, options: options).bars()
            guard report.refusedCount == 0 else { fatalError("\(symbol): \(report.refused)") }
            return (symbol, bars)
        } catch { fatalError("\(error)") }
    }
}
