internal import CPostgres
import System

/// Rows on their way into `COPY ... (FORMAT binary)`: first ``row(columns:)``, then each field in the order and with
/// exactly the type of the table's column, for the server converts nothing here.
public struct CopyWriter: ~Copyable {
    private static let chunk = 65_536
    private static let signature: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [0, 0, 0, 0, 0, 0, 0, 0]

    private let raw: OpaquePointer  // PGconn *, the connection's
    private let timeout: Int?
    private var buffer: [UInt8] = Self.signature
    private var missing = 0

    init(_ raw: OpaquePointer, timeoutMilliseconds: Int?) {
        self.raw = raw
        self.timeout = timeoutMilliseconds
        buffer.reserveCapacity(Self.chunk + 4096)
    }

    /// Begins a row; sends what has gathered.
    public mutating func row(columns: Int) throws(PostgresError) {
        precondition(missing == 0, "the row before lacks \(missing) fields")
        if buffer.count >= Self.chunk { try send() }
        missing = columns
        append(Int16(columns))
    }

    /// `integer`
    public mutating func int32(_ value: Int32) { field(value) }
    /// `double precision`
    public mutating func double(_ value: Double) { field(value.bitPattern) }
    /// `timestamptz` from Unix microseconds.
    public mutating func microseconds(_ value: Int64) { field(value - CivilTime.epochMicroseconds) }
    /// `date` from days since 1970-01-01.
    public mutating func day(_ value: Int32) { field(value - CivilTime.epochDays) }

    /// `text`, `varchar` or `json`.
    public mutating func text(_ value: String) {
        took()
        append(Int32(value.utf8.count))
        buffer.append(contentsOf: value.utf8)
    }

    /// Sends the rest and the end mark.
    mutating func finish() throws(PostgresError) {
        precondition(missing == 0, "the last row lacks \(missing) fields")
        append(Int16(-1))
        try send()
        try Wire.endCopy(raw, refusal: nil, Deadline(milliseconds: timeout))
    }

    private mutating func send() throws(PostgresError) {
        try Wire.putCopyData(raw, buffer, Deadline(milliseconds: timeout))
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func field(_ value: some FixedWidthInteger) {
        took()
        append(Int32(value.bitWidth / 8))
        append(value)
    }

    private mutating func took() {
        precondition(missing > 0, "the row has no such field")
        missing -= 1
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
    }
}
