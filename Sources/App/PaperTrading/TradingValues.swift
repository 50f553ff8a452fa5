import JSON
import Market
import Postgres
import Trading

// How exact amounts stand in the database and in JSON: `numeric`, and decimals in strings, both digit by digit. What is
// answered has all places of its kind: money 2, quantities 8, prices 12. What is sent may leave zeros away.

extension OrderSide: ColumnValue, ParameterValue {}
extension TimeInForce: ColumnValue, ParameterValue {}
extension OrderStatus: ColumnValue, ParameterValue {}
extension OrderRefusal: ColumnValue, ParameterValue {}

/// A type of exact decimals.
protocol DecimalValue: ColumnValue, ParameterValue, CustomStringConvertible {
    init?(_ text: some StringProtocol)

    /// As answers and files have it; ``description`` is for sentences, and for what was hashed or signed in that form.
    var inFull: String { get }
}

extension DecimalValue {
    var inFull: String { description }

    public init(_ column: borrowing Column) throws(PostgresError) {
        guard let value = Self(try column.text()) else { throw column.mismatch("an amount within our bounds") }
        self = value
    }

    public var parameter: Parameter { .text(description) }
}

extension Money: DecimalValue {}
extension Price: DecimalValue {}
extension Quantity: DecimalValue {}
extension Rate: DecimalValue {}

extension Form where Content == Money {
    /// Whole units and two decimals; below zero for a loss.
    static let money = Form<Money>(.text(pattern: "^-?[0-9]{1,\(Amount.wholeDigits + 4)}\\.[0-9]{2}$")) { json, money in
        json.string(money.inFull)
    }

    /// As people send it: decimals may be left away.
    static func amount(_ range: ClosedRange<Money>) -> Form<Money> {
        Form<String>.amount.checked { text, path, mistakes in
            if let money = Money(text), range.contains(money) { return text }
            mistakes.add(path, "OUT_OF_RANGE", "\(path) must be from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }.map(\.description) { Money($0) ?? .zero }
    }
}

extension Form where Content: DecimalValue {
    /// A decimal above zero in a string, with at most so many digits behind the point.
    fileprivate static func asked(_ expected: String, places: Int) -> Form {
        let wholeDigits = 15
        let pattern = "^[0-9]{1,\(wholeDigits)}(\\.[0-9]{1,\(places)})?$"
        return .text(
            .text(pattern: pattern),
            "\(expected) above zero in digits, with at most \(wholeDigits) before the point and \(places) behind it",
            write: \.description
        ) { text in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, (1...wholeDigits).contains(parts[0].utf8.count),
                parts.count == 1 || (1...places).contains(parts[1].utf8.count),
                parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
                let value = Content(text), value.description != "0"
            else { return nil }
            return value
        }
    }

    /// As the columns of a ledger keep them, of 28 digits.
    fileprivate static func told(places: Int) -> Form {
        Form(.text(pattern: "^[0-9]{1,\(28 - places)}\\.[0-9]{\(places)}$")) { json, value in json.string(value.inFull)
        }
    }
}

extension Form where Content == Quantity {
    static let quantity = told(places: Quantity.places)

    /// How many units, as a ticket asks for them.
    static let wanted = asked("a quantity", places: Quantity.places).example("10")
}

extension Form where Content == Price {
    static let price = told(places: Price.places)

    /// As a ticket or an alert asks for it.
    static let wanted = asked("a price", places: Price.places)
}

extension Form where Content == Rate {
    /// A JSON number, in hundredths of a percent or in percent, with at most four digits behind the point.
    static func number(
        _ range: ClosedRange<Double>, read: @escaping @Sendable (String) -> Rate?,
        write: @escaping @Sendable (Rate) -> Double
    ) -> Form {
        Form(.decimal(range)) { json, rate in
            json.double(write(rate))
        } read: { value, path, mistakes in
            guard case .number(let number) = value else {
                mistakes.add(path, "WRONG_TYPE", "\(path) must be a number.")
                return nil
            }
            if let double = number.double, range.contains(double), let rate = read("\(double)") { return rate }
            mistakes.add(
                path, "OUT_OF_RANGE",
                "\(path) must be from \(range.lowerBound) to \(range.upperBound), with at most four decimal places.")
            return nil
        }
    }

    static func basisPoints(_ range: ClosedRange<Double>) -> Form {
        number(range, read: { Rate(basisPoints: $0) }, write: { ($0.asDouble * 10_000).rounded(places: 4) })
    }

    static func percent(_ range: ClosedRange<Double>) -> Form {
        number(range, read: { Rate(percent: $0) }, write: { ($0.asDouble * 100).rounded(places: 6) })
    }
}

extension Rate {
    /// For people; nothing is reckoned with it.
    var asDouble: Double { Double(description) ?? 0 }
}

extension Money {
    /// For charts and shares; nothing is reckoned with it.
    var asDouble: Double { Double(cents) / 100 }

    /// In percent of another amount; nil of nothing.
    func percent(of whole: Money) -> Double? {
        whole == .zero ? nil : (asDouble / whole.asDouble * 100).rounded(places: 4)
    }
}

extension Double {
    func rounded(places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = self * scale
        return scaled.magnitude < 9e15 ? scaled.rounded() / scale : self
    }
}
