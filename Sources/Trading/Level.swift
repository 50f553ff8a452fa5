/// A height that a price may have, or one between two of them, so that comparing heights is deciding by exact numbers.
///
/// A stop at 6.8605 on a grid of cents is `Level(686, isAbove: true)`: a bar that falls to 686 reaches it, and one that
/// opens there has opened below it.
public struct Level: Comparable, Sendable {
    /// The highest price there can be that is not above the level, in whatever unit prices are exact.
    public let step: Double
    /// Whether the level lies between that price and the next.
    public let isAbove: Bool

    @inlinable @inline(__always)
    public init(_ step: Double, isAbove: Bool = false) {
        self.step = step
        self.isAbove = isAbove
    }

    @inlinable @inline(__always)
    public static func < (a: Level, b: Level) -> Bool {
        a.step < b.step || (a.step == b.step && !a.isAbove && b.isAbove)
    }
}
