public import Market

extension BarStore {
    /// Why nothing was stored.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        case badSymbol(String)
        /// CRYPTO needs `BASE-QUOTE`.
        case notAPair(String)
        case otherKind(symbol: String, is: AssetType)
        /// Whose bars they are is no longer called so, or inactive.
        case retired(symbol: String)
        /// A name, exchange, currency or provider that the tables refuse.
        case badField(String)
        /// What is stored came from elsewhere, or is adjusted otherwise: bars of both would make one series of two.
        case otherSource(
            symbol: String, stored: BarSource, incoming: BarSource, comparison: SourceComparison? = nil)
        /// Both are adjusted, but as of different days, between which there may have been a split.
        case otherBasis(symbol: String, stored: CalendarDay, incoming: CalendarDay)
        /// Where both have bars, the incoming prices are this many times the stored ones.
        case split(symbol: String, ratio: Double, bars: Int)
        /// Of so many bars that both have these are far from the stored ones, each as far as those beside it: adjusted
        /// otherwise, whatever was said.
        case otherPrices(symbol: String, bars: Int, of: Int, lowest: Double, highest: Double)

        public var description: String {
            switch self {
            case .badSymbol(let symbol):
                "\"\(symbol)\" is no symbol: letters, digits, points, dashes and =, perhaps after ^, at most 32"
            case .notAPair(let symbol):
                "\"\(symbol)\" is no pair: CRYPTO symbols look like BTC-USD; of a share say --asset-type EQUITY"
            case .otherKind(let symbol, let kind): "\(symbol) is stored as \(kind.one)"
            case .retired(let symbol):
                "\(symbol) was renamed or retired after its bars were asked for: they are not those of whoever is called so now"
            case .badField(let field): "the \(field) is empty, too long or has characters that do not belong there"
            case .otherSource(let symbol, let stored, let incoming, let comparison):
                "\(symbol) is stored from \(Self.text(stored)), and these bars are from \(Self.text(incoming)): two sources make "
                    + "no series" + (comparison.map { " (\($0))" } ?? "")
                    + "; --replace puts these in the place of all stored ones"
            case .otherBasis(let symbol, let stored, let incoming):
                "the stored prices of \(symbol) are adjusted as of \(stored.written), and these as of \(incoming.written): what was split in between "
                    + "would make a jump; --replace puts these in the place of all stored ones"
            case .split(let symbol, let ratio, let bars):
                "the prices are \(Self.text(ratio)) times the stored ones of \(symbol) on \(counted(bars, "bar")) that both have: that is a "
                    + "\(PriceChange(ratio: ratio).rawValue), and a series before and after it is no series; --replace puts these bars in the place of all stored ones"
            case .otherPrices(let symbol, let bars, let all, let lowest, let highest):
                "of \(counted(all, "bar")) that both have, the prices of \(bars) are far from the stored ones of \(symbol), "
                    + "\(Self.text(lowest)) to \(Self.text(highest)) times them: these are adjusted otherwise, or from elsewhere, and two "
                    + "kinds of prices make no series; --replace puts these bars in the place of all stored ones"
            }
        }
    }
}

extension BarStore.Refusal {
    /// The same with how far apart the two sources are.
    func compared(_ comparison: SourceComparison) -> BarStore.Refusal {
        guard case .otherSource(let symbol, let stored, let incoming, _) = self else { return self }
        return .otherSource(symbol: symbol, stored: stored, incoming: incoming, comparison: comparison)
    }

    /// What has become of the prices, where the bars do not go with the stored ones and would in their place.
    var change: PriceChange? {
        switch self {
        case .split(_, let ratio, _): PriceChange(ratio: ratio)
        case .otherPrices: .otherPrices
        default: nil
        }
    }

    private static func text(_ source: BarSource) -> String {
        source.provider + (source.adjustment == .raw ? ", unadjusted" : ", adjusted (\(source.adjustment.rawValue))")
    }

    static func text(_ ratio: Double) -> String {
        let hundredths = (ratio * 10_000).rounded() / 10_000
        return hundredths == hundredths.rounded() && hundredths < 1e9 ? "\(Int(hundredths))" : "\(hundredths)"
    }
}

/// Why the prices of a whole series are others than they were. The raw value is the word of the API.
public enum PriceChange: String, Sendable {
    case split, dividend
    /// By more than one ratio: several of those, or one beside corrections.
    case otherPrices = "other_prices"

    /// - Parameter ratio: by which they are others throughout.
    init(ratio: Double) { self = (0.98...1.02).contains(ratio) ? .dividend : .split }
}

extension BarSource {
    /// - Throws: ``BarStore/Refusal/otherSource(symbol:stored:incoming:comparison:)`` where bars of the other may not come beside these.
    func check(takes other: BarSource, symbol: String) throws(BarStore.Refusal) {
        guard (provider, adjustment) == (other.provider, other.adjustment) else {
            throw .otherSource(symbol: symbol, stored: self, incoming: other)
        }
        if let stored = priceBasisDate, let incoming = other.priceBasisDate, stored != incoming {
            throw .otherBasis(symbol: symbol, stored: stored, incoming: incoming)
        }
    }
}
