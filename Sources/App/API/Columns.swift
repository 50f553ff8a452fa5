import JSON
import Market
import Postgres
import Quality
import WebAuthn

// How types of the domain stand in the database. Postgres knows no candle and Market knows no column: they meet here.

extension AssetType: ColumnValue, ParameterValue {}
extension Timeframe: ColumnValue, ParameterValue {}
extension Scope: ParameterValue {}
extension Sessions.Method: ParameterValue {}
extension Challenges.Purpose: ParameterValue {}
extension IdentityProvider: ColumnValue, ParameterValue {}
extension AuthenticatorAttachment: ParameterValue {}
extension BarSource.Adjustment: ColumnValue, ParameterValue {}
extension Finding.Severity: ColumnValue, ParameterValue {}

extension Role: RankedWord {
    static let minimum = Role.user
}

extension Sessions.Kind: RankedWord {
    static let minimum = Sessions.Kind.recovery
}

extension Scope: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [Scope] {
        try column.knownWords()
    }
}

extension IdentityProvider: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [IdentityProvider] {
        try column.knownWords()
    }
}

extension Timeframe: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [Timeframe] {
        try column.words()
    }
}

extension Instant: ColumnValue, ParameterValue {
    public init(_ column: borrowing Column) throws(PostgresError) {
        self.init(microseconds: try column.microseconds())
    }

    public var parameter: Parameter { .timestamp(microseconds: microseconds) }
}

extension CalendarDay: ColumnValue, ParameterValue {
    public init(_ column: borrowing Column) throws(PostgresError) {
        guard let day = CalendarDay(daysSinceEpoch: Int(try column.day())) else {
            throw column.mismatch("a day of the years 1 to 9999")
        }
        self = day
    }

    public var parameter: Parameter { .text(description) }
}

/// `json` and `jsonb`.
extension Value: ColumnValue, ParameterValue {
    public init(_ column: borrowing Column) throws(PostgresError) {
        guard let value = try? parse(try column.bytes()) else { throw column.mismatch("JSON within our bounds") }
        self = value
    }

    public var parameter: Parameter { .text(String(decoding: bytes, as: UTF8.self)) }
}
