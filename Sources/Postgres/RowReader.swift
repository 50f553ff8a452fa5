internal import CPostgres

/// One row, read from its first column to its last: each value by its type, none by its number.
///
/// A column that is not what is asked for, a null where none is expected, a column too few or too many: each is a fault
/// of the statement or of what is stored, throws ``PostgresError/Code/unexpectedResult`` and names the column.
public struct RowReader: ~Copyable {
    private let raw: OpaquePointer  // PGresult *, which outlives its readers
    private let row: Int32
    private var column: Int32 = 0

    fileprivate init(_ raw: OpaquePointer, _ row: Int32) {
        self.raw = raw
        self.row = row
    }

    /// The next column.
    public mutating func next<Value: ColumnValue>(_ type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard column < PQnfields(raw) else {
            throw PostgresError(.unexpectedResult, "only \(PQnfields(raw)) columns for a \(type)")
        }
        defer { column += 1 }
        return try Value(Column(raw, row, column))
    }

    /// The next columns, which are what `make` takes, in its order.
    public mutating func next<Whole, each Value: ColumnValue>(_ make: (repeat each Value) -> Whole) throws -> Whole {
        make(repeat try next((each Value).self))
    }

    /// Passes over the rest of the row, which an outer join left null because it found nothing.
    public mutating func skipNulls() throws(PostgresError) {
        while column < PQnfields(raw) {
            guard Column(raw, row, column).isNull else { throw Column(raw, row, column).mismatch("null, as all of it") }
            column += 1
        }
    }

    fileprivate func checkEnd() throws(PostgresError) {
        guard column == PQnfields(raw) else {
            throw PostgresError(.unexpectedResult, "\(PQnfields(raw)) columns, of which \(column) were read")
        }
    }
}

/// Reads a row whose columns are what `make` takes, in its order: the properties of a structure, by its own initialiser.
public func inOrder<Row, each Value: ColumnValue>(
    _ make: @escaping @Sendable (repeat each Value) -> Row
) -> @Sendable (inout RowReader) throws -> Row {
    { row in try row.next(make) }
}

extension Rows {
    /// Reads a row whole.
    func read<Value>(_ index: Int, _ body: (inout RowReader) throws -> Value) throws -> Value {
        precondition(index >= 0 && index < count, "no such row")
        var reader = RowReader(raw, Int32(index))
        let value = try body(&reader)
        try reader.checkEnd()
        return value
    }

    /// How many rows the statement changed or gave.
    var affected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }
}

/// One field of an answer, in the server's binary form. What it hands out is copied.
public struct Column: ~Copyable {
    private let raw: OpaquePointer
    private let row: Int32
    private let column: Int32

    init(_ raw: OpaquePointer, _ row: Int32, _ column: Int32) {
        self.raw = raw
        self.row = row
        self.column = column
    }

    public var isNull: Bool { PQgetisnull(raw, row, column) == 1 }

    /// `smallint`, `integer`, `bigint` or `oid`.
    public func int() throws(PostgresError) -> Int { try read("an integer") { $0.integer($1) } }

    /// `double precision` or `real`.
    public func double() throws(PostgresError) -> Double { try read("a double") { $0.double($1) } }

    public func bool() throws(PostgresError) -> Bool { try read("a boolean") { $0.bool($1) } }

    /// Any text, `json`, `jsonb`, `uuid` in lower case, or `numeric` as its exact decimal text.
    public func text() throws(PostgresError) -> String { try read("a text") { $0.text($1) } }

    /// `bytea`, or the UTF-8 bytes of any text, `json` or `jsonb`.
    public func bytes() throws(PostgresError) -> [UInt8] { try read("bytes") { $0.octets($1) } }

    /// `timestamptz` as Unix microseconds. An infinity is refused.
    public func microseconds() throws(PostgresError) -> Int64 { try read("a timestamptz") { $0.microseconds($1) } }

    /// `date` as days since 1970-01-01. An infinity is refused.
    public func day() throws(PostgresError) -> Int32 { try read("a date") { $0.day($1) } }

    /// A one-dimensional array of integers without nulls.
    public func ints() throws(PostgresError) -> [Int] {
        try read("an array of integers") { field, _ in ArrayForm(field)?.elements { $0.integer($1) } }
    }

    /// A one-dimensional array of doubles without nulls.
    public func doubles() throws(PostgresError) -> [Double] {
        try read("an array of doubles") { field, _ in ArrayForm(field)?.doubles }
    }

    /// A one-dimensional `timestamptz[]` without nulls and infinities, as Unix microseconds.
    public func microsecondsArray() throws(PostgresError) -> [Int64] {
        try read("an array of timestamptz") { field, _ in ArrayForm(field)?.microseconds }
    }

    /// A one-dimensional array of text without nulls.
    public func texts() throws(PostgresError) -> [String] {
        try read("an array of texts") { field, _ in ArrayForm(field)?.elements { $0.text($1) } }
    }

    /// A one-dimensional array of words of a fixed list.
    public func words<Word: RawRepresentable>() throws(PostgresError) -> [Word] where Word.RawValue == String {
        try texts().map { text throws(PostgresError) in
            guard let word = Word(rawValue: text) else { throw mismatch("an array of \(Word.self)") }
            return word
        }
    }

    /// For types of other modules: this column holds none of theirs.
    public func mismatch(_ expected: String) -> PostgresError {
        let name = PQfname(raw, column).map { String(cString: $0) } ?? ""
        return PostgresError(
            .unexpectedResult, "column \(column) \"\(name)\" of type \(PQftype(raw, column)) is not \(expected)")
    }

    private func read<Value>(
        _ expected: String, _ body: (Field, ServerType) -> Value?
    ) throws(PostgresError) -> Value {
        guard !isNull, let bytes = PQgetvalue(raw, row, column) else {
            throw mismatch(expected + (isNull ? ": it is null" : ""))
        }
        // Rows of a script come as text; ours are always binary.
        guard PQfformat(raw, column) == 1 else { throw mismatch("in binary form") }
        let field = Field(bytes: UnsafeRawBufferPointer(start: bytes, count: Int(PQgetlength(raw, row, column))))
        guard let value = body(field, ServerType(rawValue: PQftype(raw, column))) else { throw mismatch(expected) }
        return value
    }
}

/// A type that a column can be read as.
public protocol ColumnValue: SendableMetatype {
    init(_ column: borrowing Column) throws(PostgresError)
}

extension Int: ColumnValue {
    public init(_ column: borrowing Column) throws(PostgresError) { self = try column.int() }
}

extension UInt32: ColumnValue {
    public init(_ column: borrowing Column) throws(PostgresError) {
        guard let value = UInt32(exactly: try column.int()) else { throw column.mismatch("a number of 32 bits") }
        self = value
    }
}

extension Double: ColumnValue {
    public init(_ column: borrowing Column) throws(PostgresError) { self = try column.double() }
}

extension Bool: ColumnValue {
    public init(_ column: borrowing Column) throws(PostgresError) { self = try column.bool() }
}

extension String: ColumnValue {
    public init(_ column: borrowing Column) throws(PostgresError) { self = try column.text() }
}

/// An array of anything that has an ``ArrayElement`` form; of bytes it is `bytea`.
extension Array: ColumnValue where Element: ArrayElement {
    public init(_ column: borrowing Column) throws(PostgresError) { self = try Element.elements(of: column) }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    public init(_ column: borrowing Column) throws(PostgresError) { self = column.isNull ? nil : try Wrapped(column) }
}

/// A word of a fixed list; a word that is not on it is a corrupt row, never some other word.
extension ColumnValue where Self: RawRepresentable, RawValue == String {
    public init(_ column: borrowing Column) throws(PostgresError) {
        guard let value = Self(rawValue: try column.text()) else { throw column.mismatch("a \(Self.self)") }
        self = value
    }
}

/// What arrays of the server may hold.
public protocol ArrayElement {
    static func elements(of column: borrowing Column) throws(PostgresError) -> [Self]
}

extension Int: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [Int] { try column.ints() }
}

extension Double: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [Double] { try column.doubles() }
}

extension String: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [String] { try column.texts() }
}

extension UInt8: ArrayElement {
    public static func elements(of column: borrowing Column) throws(PostgresError) -> [UInt8] { try column.bytes() }
}
