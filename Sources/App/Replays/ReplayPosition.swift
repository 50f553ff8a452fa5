import JSON
import Market
import Postgres
import Trading

/// One of a replay's symbols, and what is held of it.
struct ReplayPosition: Sendable {
    let symbol: TradedSymbol
    let timeframe: Timeframe
    var holding: Holding
    private(set) var lastPrice: Price
    /// Start of the bar whose close ``lastPrice`` is: the clock's, or an older one where it has none there.
    private(set) var lastBar: Instant

    /// Nil where it is more than money can say.
    var value: Money? { try? holding.value(at: lastPrice) }

    /// What the ledger calls it.
    var instrument: String { String(symbol.id) }

    static let form = Form<ReplayPosition>.object(
        "ReplayPosition",
        [
            .member("symbol", .text, \.symbol.symbol), .member("name", .text, \.symbol.name),
            .member("asset_type", .choice(), \.symbol.assetType), .member("quantity", .quantity, \.holding.quantity),
            .member("cost_basis", .money, \.holding.cost), .member("last_price", .price, \.lastPrice),
            .member(
                "last_bar", Form<String>.barTime.described("The bar whose close that is, the newest up to the clock")
            ) { $0.timeframe.label($0.lastBar.microseconds) },
            .nullable("value", .money, \.value),
            .nullable("unrealized_pnl", .money) { position in
                position.value.flatMap { try? $0 - position.holding.cost }
            },
        ])

    /// SQL; `h` is the holding, `s` its symbol.
    static let columns = "\(TradedSymbol.columns), h.quantity, h.cost_basis, h.last_price, h.last_bar"

    /// From ``columns``.
    init(_ row: inout RowReader, _ timeframe: Timeframe) throws {
        (symbol, self.timeframe) = (try TradedSymbol(&row), timeframe)
        holding = Holding(quantity: try row.next(), cost: try row.next())
        (lastPrice, lastBar) = (try row.next(), try row.next())
    }

    mutating func see(_ bar: StoredExactBar) {
        (lastPrice, lastBar) = (bar.bar.close, Instant(microseconds: bar.start))
    }
}
