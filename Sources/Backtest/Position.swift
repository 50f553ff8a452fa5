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
    let bracket: Bracket
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

/// A position that was sold, with what a ``Trade`` is made from.
struct ClosedPosition {
    let position: Position
    let exit: Exit
    /// What was got for one unit, slippage taken off.
    let price: Double
}
