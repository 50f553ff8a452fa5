/// What is held, and where it ends by itself. Bars are counted among the loaded ones.
struct Position {
    /// On which it was bought.
    let bar: Int
    /// What one unit was quoted at.
    let quoted: Double
    /// What was paid for it, slippage included.
    let price: Double
    let quantity: Double
    /// The cash beside it.
    let cash: Double
    let inSight: LevelsInSight
}

/// How a position ends.
struct Exit {
    let bar: Int
    /// The price before slippage.
    let quoted: Double
    let reason: ExitReason
    /// The bar had opened beyond the level that fills.
    let isGap: Bool
}

/// Of a position that was sold, what a ``Trade`` is made from.
struct ClosedPosition {
    let entryBar: Int
    let exitBar: Int
    let entryPrice: Double
    let exitPrice: Double
    let quantity: Double
    let reason: ExitReason
    let isGap: Bool
}
