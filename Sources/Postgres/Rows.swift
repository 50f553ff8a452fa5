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

    public func isNull(_ row: Int, _ column: Int) -> Bool {
        precondition(row >= 0 && row < count && column >= 0 && column < columnCount, "no such field")
        return PQgetisnull(raw, Int32(row), Int32(column)) == 1
    }

    /// `smallint`, `integer`, `bigint` or `oid`.
    public func int(_ row: Int, _ column: Int) throws(PostgresError) -> Int {
        try required(optionalInt(row, column), column)
    }
    public func optionalInt(_ row: Int, _ column: Int) throws(PostgresError) -> Int? {
        let type = type(column)
        return try field(row, column)?.integer(type).orThrow(mismatch(column, "an integer"))
    }

    /// `double precision` or `real`.
    public func double(_ row: Int, _ column: Int) throws(PostgresError) -> Double {
        try required(optionalDouble(row, column), column)
    }
    public func optionalDouble(_ row: Int, _ column: Int) throws(PostgresError) -> Double? {
        let type = type(column)
        return try field(row, column)?.double(type).orThrow(mismatch(column, "a double"))
    }

    /// `boolean`
    public func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
        try required(optionalBool(row, column), column)
    }
    public func optionalBool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool? {
        let type = type(column)
        return try field(row, column)?.bool(type).orThrow(mismatch(column, "a boolean"))
    }

    /// Any text, `json`, `jsonb`, `uuid` in lower case, or `numeric` as its exact decimal text.
    public func string(_ row: Int, _ column: Int) throws(PostgresError) -> String {
        try required(optionalString(row, column), column)
    }
    public func optionalString(_ row: Int, _ column: Int) throws(PostgresError) -> String? {
        let type = type(column)
        return try field(row, column)?.text(type).orThrow(mismatch(column, "a text"))
    }

    /// `bytea`, or the UTF-8 bytes of any text, `json` or `jsonb`.
    public func bytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] {
        try required(optionalBytes(row, column), column)
    }
    public func optionalBytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8]? {
        let type = type(column)
        return try field(row, column)?.octets(type).orThrow(mismatch(column, "bytes"))
    }

    /// `timestamptz` as Unix microseconds. An infinity is refused.
    public func microseconds(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
        try required(optionalMicroseconds(row, column), column)
    }
    public func optionalMicroseconds(_ row: Int, _ column: Int) throws(PostgresError) -> Int64? {
        let type = type(column)
        return try field(row, column)?.microseconds(type).orThrow(mismatch(column, "a timestamptz"))
    }

    /// `date` as days since 1970-01-01. An infinity is refused.
    public func day(_ row: Int, _ column: Int) throws(PostgresError) -> Int32 {
        try required(optionalDay(row, column), column)
    }
    public func optionalDay(_ row: Int, _ column: Int) throws(PostgresError) -> Int32? {
        let type = type(column)
        return try field(row, column)?.day(type).orThrow(mismatch(column, "a date"))
    }

    /// A one-dimensional array of text without nulls.
    public func strings(_ row: Int, _ column: Int) throws(PostgresError) -> [String] {
        try elements(row, column) { $0.text($1) }
    }

    /// A one-dimensional array of integers without nulls.
    public func ints(_ row: Int, _ column: Int) throws(PostgresError) -> [Int] {
        try elements(row, column) { $0.integer($1) }
    }

    /// A one-dimensional array of doubles without nulls.
    public func doubleArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Double] {
        try array(row, column, "an array of doubles") { $0.doubles }
    }

    /// A one-dimensional `timestamptz[]` without nulls and infinities, as Unix microseconds.
    public func microsecondsArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64] {
        try array(row, column, "an array of timestamptz") { $0.microseconds }
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

    /// A `bigint` column.
    public func intColumn(_ column: Int) throws(PostgresError) -> [Int] {
        try whole(column, .int8, 8, "a bigint") { Int(Int64(bigEndian: $0.loadUnaligned(as: Int64.self))) }
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
        guard type(column) == wanted else { throw mismatch(column, expected) }
        var values: [Element] = []
        values.reserveCapacity(count)
        let column = Int32(column)
        for row in 0..<Int32(count) {
            // A null has length 0, so one look tells both.
            guard PQgetlength(raw, row, column) == size, let value = PQgetvalue(raw, row, column)
            else { throw mismatch(Int(column), expected) }
            values.append(read(UnsafeRawPointer(value)))
        }
        return values
    }
}

// MARK: - One field

extension Rows {
    private func type(_ column: Int) -> ServerType { ServerType(rawValue: PQftype(raw, Int32(column))) }

    private func field(_ row: Int, _ column: Int) throws(PostgresError) -> Field? {
        if isNull(row, column) { return nil }
        // Rows of a script come as text; ours are always binary.
        guard PQfformat(raw, Int32(column)) == 1, let value = PQgetvalue(raw, Int32(row), Int32(column))
        else { throw mismatch(column, "in binary form") }
        return Field(
            bytes: UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(raw, Int32(row), Int32(column)))))
    }

    private func elements<Element>(
        _ row: Int, _ column: Int, _ read: (Field, ServerType) -> Element?
    ) throws(PostgresError) -> [Element] {
        try array(row, column, "an array without nulls") { $0.elements(read) }
    }

    private func array<Element>(
        _ row: Int, _ column: Int, _ expected: String, _ read: (ArrayForm) -> [Element]?
    ) throws(PostgresError) -> [Element] {
        guard let field = try field(row, column), let array = ArrayForm(field), let elements = read(array)
        else { throw mismatch(column, expected) }
        return elements
    }

    private func required<Value>(_ value: Value?, _ column: Int) throws(PostgresError) -> Value {
        guard let value else { throw mismatch(column, "a value, and is null") }
        return value
    }

    private func mismatch(_ column: Int, _ expected: String) -> PostgresError {
        let name = PQfname(raw, Int32(column)).map { String(cString: $0) } ?? ""
        return PostgresError(
            .unexpectedResult,
            "column \(column) \"\(name)\" of type \(PQftype(raw, Int32(column))) is not \(expected)")
    }

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

extension Optional {
    fileprivate func orThrow(_ error: @autoclosure () -> PostgresError) throws(PostgresError) -> Wrapped {
        guard let self else { throw error() }
        return self
    }
}
