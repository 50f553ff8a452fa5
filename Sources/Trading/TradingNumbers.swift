import Market

/// The numbers one side of trading computes in: doubles in a backtest, exact decimals in a ledger. The rules of costs and
/// sizes are written once over them; how a product is rounded is each side's own.
public protocol TradingNumbers {
    associatedtype Price: Comparable
    associatedtype Quantity: Comparable
    associatedtype Money: Comparable
    /// A share as a fraction: 0.0005 for five basis points.
    associatedtype Rate
    /// A share in hundredths.
    associatedtype Percent
    /// What arithmetic may fail with; `Never` for doubles.
    associatedtype Failure: Error

    /// Price times one and the rate.
    static func raised(_ price: Price, by rate: Rate) throws(Failure) -> Price
    /// Price times one less the rate.
    static func lowered(_ price: Price, by rate: Rate) throws(Failure) -> Price
    static func distance(from price: Price, downTo level: Price) throws(Failure) -> Price
    static func value(of quantity: Quantity, at price: Price) throws(Failure) -> Money
    /// Money times one and the rate.
    static func raised(_ money: Money, by rate: Rate) throws(Failure) -> Money
    /// Money times one less the rate.
    static func lowered(_ money: Money, by rate: Rate) throws(Failure) -> Money
    static func sum(_ one: Money, _ other: Money) throws(Failure) -> Money
    static func difference(_ one: Money, _ other: Money) throws(Failure) -> Money
    static func share(_ percent: Percent, of money: Money) throws(Failure) -> Money
    /// What rounding may add to a sum of money; nil where money is not rounded.
    static var smallestMoney: Money? { get }
    /// How many units cost that much.
    static func quantity(for money: Money, at price: Price) throws(Failure) -> Quantity
}

/// Doubles; the order of their operations is the one written here.
public enum DoubleNumbers: TradingNumbers {
    @inlinable @inline(__always)
    public static func raised(_ price: Double, by rate: Double) -> Double { price * (1 + rate) }
    @inlinable @inline(__always)
    public static func lowered(_ price: Double, by rate: Double) -> Double { price * (1 - rate) }
    @inlinable @inline(__always)
    public static func distance(from price: Double, downTo level: Double) -> Double { price - level }
    @inlinable @inline(__always)
    public static func value(of quantity: Double, at price: Double) -> Double { quantity * price }
    @inlinable @inline(__always)
    public static func sum(_ one: Double, _ other: Double) -> Double { one + other }
    @inlinable @inline(__always)
    public static func difference(_ one: Double, _ other: Double) -> Double { one - other }
    @inlinable @inline(__always)
    public static func share(_ percent: Double, of money: Double) -> Double { money * percent / 100 }
    @inlinable @inline(__always)
    public static var smallestMoney: Double? { nil }
    @inlinable @inline(__always)
    public static func quantity(for money: Double, at price: Double) -> Double { money / price }
}

/// Exact decimals: prices are rounded in their last place against the trader, money to the nearest cent, quantities down.
public enum ExactNumbers: TradingNumbers {
    public static func raised(_ price: Price, by rate: Rate) throws(AmountError) -> Price {
        try price.increased(by: rate)
    }
    public static func lowered(_ price: Price, by rate: Rate) throws(AmountError) -> Price {
        try price.reduced(by: rate)
    }
    public static func distance(from price: Price, downTo level: Price) throws(AmountError) -> Price {
        try price - level
    }
    public static func value(of quantity: Quantity, at price: Price) throws(AmountError) -> Money {
        try .value(of: quantity, at: price)
    }
    public static func raised(_ money: Money, by rate: Rate) throws(AmountError) -> Money {
        try money + money.share(rate)
    }
    public static func lowered(_ money: Money, by rate: Rate) throws(AmountError) -> Money {
        try money - money.share(rate)
    }
    public static func sum(_ one: Money, _ other: Money) throws(AmountError) -> Money { try one + other }
    public static func difference(_ one: Money, _ other: Money) throws(AmountError) -> Money { try one - other }
    public static func share(_ rate: Rate, of money: Money) throws(AmountError) -> Money { try money.share(rate) }
    public static var smallestMoney: Money? { Money(cents: 1) }
    public static func quantity(for money: Money, at price: Price) throws(AmountError) -> Quantity {
        try Quantity(spending: money, at: price)
    }
}
