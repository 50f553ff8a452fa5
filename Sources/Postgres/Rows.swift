internal import CPostgres

/// The answer to one statement. It owns libpq's memory; what it hands out is copied.
///
/// Rows and columns count from 0, and to ask beyond the last is a programming error. Reading a null, or a column as
/// what it is not, throws ``PostgresError/Code/unexpectedResult`` and names the column.
public struct Rows: ~Copyable {
    let raw: OpaquePointer  // PGresult *
    public let count: Int
    public let columnCount: Int

    init(owning raw: OpaquePointer) {
        self.raw = raw
        self.count = Int(PQntuples(raw))
        self.columnCount = Int(PQnfields(raw))
    }

    deinit { PQclear(raw) }

    public var isEmpty: Bool { count == 0 }

    public func isNull(_ row: Int, _ column: Int) -> Bool { at(row, column).isNull }

    /// One field as any type that a column can be read as, an optional among them.
    public func value<Value: ColumnValue>(_ row: Int, _ column: Int) throws(PostgresError) -> Value {
        try Value(at(row, column))
    }

    // For those whose type does not stand beside the call. What each reads is said at ``Column``.
    public func int(_ row: Int, _ column: Int) throws(PostgresError) -> Int { try at(row, column).int() }
    public func double(_ row: Int, _ column: Int) throws(PostgresError) -> Double { try at(row, column).double() }
    public func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool { try at(row, column).bool() }
    public func string(_ row: Int, _ column: Int) throws(PostgresError) -> String { try at(row, column).text() }
    public func bytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] { try at(row, column).bytes() }
    public func microseconds(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
        try at(row, column).microseconds()
    }
    public func day(_ row: Int, _ column: Int) throws(PostgresError) -> Int32 { try at(row, column).day() }
    public func strings(_ row: Int, _ column: Int) throws(PostgresError) -> [String] { try at(row, column).texts() }
    public func ints(_ row: Int, _ column: Int) throws(PostgresError) -> [Int] { try at(row, column).ints() }
    public func doubleArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Double] {
        try at(row, column).doubles()
    }
    public func microsecondsArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64] {
        try at(row, column).microsecondsArray()
    }

    private func at(_ row: Int, _ column: Int) -> Column {
        precondition(row >= 0 && row < count && column >= 0 && column < columnCount, "no such field")
        return Column(raw, Int32(row), Int32(column))
    }
}

// MARK: - Whole columns

extension Rows {
    /// A `double precision` column, row by row.
    public func doubles(_ column: Int) throws(PostgresError) -> [Double] {
        try whole(column, .float8, 8, "a double") {
            Double(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)))
        }
    }

    /// A `timestamptz` column as Unix microseconds. Infinities are not looked for: the tables hold none.
    public func microsecondsColumn(_ column: Int) throws(PostgresError) -> [Int64] {
        try whole(column, .timestamptz, 8, "a timestamptz") {
            Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) &+ CivilTime.epochMicroseconds
        }
    }

    /// A `date` column as days since 1970-01-01. Infinities are not looked for: the tables hold none.
    public func dayColumn(_ column: Int) throws(PostgresError) -> [Int32] {
        try whole(column, .date, 4, "a date") {
            Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) &+ CivilTime.epochDays
        }
    }

    @inline(__always)
    private func whole<Element>(
        _ column: Int, _ wanted: ServerType, _ size: Int32, _ expected: String,
        _ read: (UnsafeRawPointer) -> Element
    ) throws(PostgresError) -> [Element] {
        precondition(column >= 0 && column < columnCount, "no such column")
        let column = Int32(column)
        guard PQftype(raw, column) == wanted.rawValue else { throw Column(raw, 0, column).mismatch(expected) }
        var values: [Element] = []
        values.reserveCapacity(count)
        for row in 0..<Int32(count) {
            // A null has length 0, so one look tells both.
            guard PQgetlength(raw, row, column) == size, let value = PQgetvalue(raw, row, column)
            else { throw Column(raw, row, column).mismatch(expected) }
            values.append(read(UnsafeRawPointer(value)))
        }
        return values
    }
}

extension Rows {
    /// One part of what the server said about a failure.
    static func diagnostic(_ result: OpaquePointer, _ part: Diagnostic) -> String {
        PQresultErrorField(result, part.rawValue).map { String(cString: $0) } ?? ""
    }

    /// The failure that a result tells of.
    static func error(in result: OpaquePointer, or fallback: String) -> PostgresError {
        let state = diagnostic(result, .sqlState)
        guard !state.isEmpty else {
            let text = PQresultErrorMessage(result).map { Wire.trimmed(String(cString: $0)) } ?? ""
            // libpq itself writes no SQLSTATE; what it has to tell is the end of the session.
            return text.isEmpty
                ? PostgresError(.unexpectedResult, fallback) : PostgresError(.connectionLost, text)
        }
        let code = PostgresError.Code(
            sqlState: state, constraint: diagnostic(result, .constraint),
            column: diagnostic(result, .column))
        var message = diagnostic(result, .message)
        let hint = diagnostic(result, .hint)
        if !hint.isEmpty { message += ". " + hint }
        return PostgresError(code, message, position: Int(diagnostic(result, .position)))
    }
}

/// The letters of the protocol for the parts of a failure. Swift sees no character macros, so libpq's `PG_DIAG_...`
/// are written out.
enum Diagnostic: Int32 {
    case severity = 0x56  // V, never translated
    case sqlState = 0x43  // C
    case message = 0x4D  // M
    case hint = 0x48  // H
    case position = 0x50  // P
    case column = 0x63  // c
    case constraint = 0x6E  // n
    case sourceFunction = 0x52  // R
}
