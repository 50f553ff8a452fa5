import BytesInMemory
import Market
import PriceFiles

/// Files of bars for tests that store them.
enum TestPrices {
    static let header = "timestamp,open,high,low,close,volume"
    static let now = Instant("2024-03-15T12:34:56Z")!.microseconds

    /// - Parameter lines: below ``header``.
    static func file(
        _ lines: [String], _ assetType: AssetType = .equity, _ timeframe: Timeframe = .day, now: Int64 = now,
        zone: Zone? = nil
    ) throws -> PriceFile {
        var options = ReadingOptions()
        (options.assetType, options.timeframe, options.now, options.zone) = (assetType, timeframe, now, zone)
        let text = ([header] + lines).map { $0 + "\n" }.joined()
        return try PriceFile(BytesInMemory(Array(text.utf8)), name: "f.csv", options: options)
    }
}
