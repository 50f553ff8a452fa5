import Market

/// One fill: what was traded at which price, and what it cost.
///
///     let costs = Costs<ExactNumbers>(slippage: .zero, commission: Rate(basisPoints: "5")!)
///     try Execution(.buy, Quantity("10")!, of: "AAPL", at: Price("27.44")!, costs).fee     // 0.14
public struct Execution: Equatable, Sendable {
    public let side: OrderSide
    /// What is traded, by the name the ledger keeps its positions under.
    public let instrument: String
    public let quantity: Quantity
    /// Slippage included.
    public let price: Price
    /// Quantity times price, to the nearest cent.
    public let notional: Money
    public let fee: Money

    /// At a price that slippage has already been added to.
    public init(
        _ side: OrderSide, _ quantity: Quantity, of instrument: String, at price: Price, _ costs: Costs<ExactNumbers>
    ) throws(AmountError) {
        self.side = side
        self.instrument = instrument
        self.quantity = quantity
        self.price = price
        notional = try .value(of: quantity, at: price)
        fee =
            switch side {
            case .buy: try costs.spent(on: quantity, at: price) - notional
            case .sell: try notional - costs.received(for: quantity, at: price)
            }
    }

    /// One that was entered before, with the fee it had then.
    public init(
        _ side: OrderSide, _ quantity: Quantity, of instrument: String, at price: Price, fee: Money
    ) throws(AmountError) {
        self.side = side
        self.instrument = instrument
        self.quantity = quantity
        self.price = price
        self.fee = fee
        notional = try .value(of: quantity, at: price)
    }
}
