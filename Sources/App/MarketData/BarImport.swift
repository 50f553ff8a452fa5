import Market
import Postgres

/// Stores the bars of a file.
public struct BarImport: Sendable {
    /// Ticker (AAPL) or pair (BTC-USD), in any case.
    public var symbol: String
    public var source: BarSource
    public var store: BarStore
    /// Stores the good lines of a file that has bad ones.
    public var skipInvalid: Bool

    public init(
        symbol: String, source: BarSource = BarSource(provider: "file"), store: BarStore = BarStore(),
        skipInvalid: Bool = false
    ) {
        (self.symbol, self.source, self.store, self.skipInvalid) = (symbol, source, store, skipInvalid)
    }

    /// Why nothing was stored, as far as it is the file's fault.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file has lines that are no bars.
        case refusedLines([BarFile.RefusedLine])
        case noBars(file: String)

        public var description: String {
            switch self {
            case .refusedLines(let lines): "\(lines.count) lines are no bars, so nothing was stored"
            case .noBars(let file): "\(file): no line is a bar"
            }
        }
    }

    /// How many bars go to the database at once.
    private static let batch = 4_096

    /// Stores the file's bars, or nothing.
    ///
    /// - Parameter progress: called now and then with the number of bars sent and of all.
    /// - Throws: ``Refusal``, ``BarStore/Refusal``, `PostgresError`.
    public func run(
        _ file: BarFile, in db: inout Connection, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> BarStore.Outcome {
        guard skipInvalid || file.refused.isEmpty else { throw Refusal.refusedLines(file.refused) }
        let series = BarSeries(symbol: symbol, assetType: file.assetType, timeframe: file.timeframe)
        var done = 0
        let outcome = try store.store(in: &db) {
            guard file.bars.count > 0 else { return nil }
            progress(done, file.bars.count)
            guard done < file.bars.count else { return nil }
            let stretch = done..<min(done + Self.batch, file.bars.count)
            done = stretch.upperBound
            return try BarBatch(file.bars.slice(stretch), of: series, from: source)
        }
        guard let outcome else { throw Refusal.noBars(file: file.name) }
        return outcome
    }
}
