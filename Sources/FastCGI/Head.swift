import Glibc
internal import HTTP

/// The start of a request on the wire: the begin record and the parameter records up to the empty one.
///
/// Checked here because libfcgi trusts its peer: it reads parameters without bound, allocates whatever length they
/// claim, and answers management records from a buffer of fixed size.
struct Head: Equatable {
    enum Scan: Equatable {
        case complete(Head)
        case needsMore
        /// Not FastCGI, or not a request: there is nobody to answer.
        case garbage
        /// A request of another role; the web server is told so.
        case unknownRole(UInt16)
        case refused(UInt16, RequestError)
    }

    enum RecordType {
        static let begin: UInt8 = 1
        static let abort: UInt8 = 2
        static let end: UInt8 = 3
        static let parameters: UInt8 = 4
        static let input: UInt8 = 5
        static let output: UInt8 = 6
    }

    static let recordHeaderBytes = 8
    /// Records, headers and padding together: what a pipe takes at once.
    static let maximumBytes = 64 << 10

    /// The web server's number for the request; every record of the answer carries it.
    let requestID: UInt16
    let byteCount: Int
}

/// Walks over a head once, however many pieces it comes in: it goes on where the bytes ended the last time.
struct HeadScanner {
    private var maxParameterBytes = 0
    private var requestID: UInt16 = 0
    /// Of the next record; 0 until the begin record is there.
    private var offset = 0
    /// The content of the parameter records, kept from request to request for its space.
    private var parameters: [UInt8] = []
    /// How many of its bytes are whole pairs, and checked.
    private var checked = 0

    /// Forgets the last head.
    mutating func begin(maxParameterBytes: Int) {
        self.maxParameterBytes = maxParameterBytes
        offset = 0
        parameters.removeAll(keepingCapacity: true)
        checked = 0
    }

    /// - Parameter bytes: all that has been received so far, from the head's first on.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Head.Scan {
        if offset == 0, let ending = scanBegin(bytes) { return ending }
        while true {
            guard offset + Head.recordHeaderBytes <= Head.maximumBytes else { return tooLarge }
            guard offset + Head.recordHeaderBytes <= bytes.count else { return .needsMore }
            let type = bytes[offset + 1]
            let recordID = UInt16(bytes[offset + 2]) << 8 | UInt16(bytes[offset + 3])
            let length = Int(bytes[offset + 4]) << 8 | Int(bytes[offset + 5])
            guard bytes[offset] == 1, recordID == requestID else { return .refused(requestID, .malformedRequest) }
            if type == Head.RecordType.abort { return .garbage }
            guard type == Head.RecordType.parameters else { return .refused(requestID, .malformedRequest) }
            let start = offset + Head.recordHeaderBytes
            let next = start + length + Int(bytes[offset + 6])
            guard parameters.count + length <= maxParameterBytes, next <= Head.maximumBytes else { return tooLarge }
            guard next <= bytes.count else { return .needsMore }
            offset = next
            if length == 0 { break }
            parameters.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
            guard checkPairs() else { return .refused(requestID, .malformedRequest) }
        }
        guard checked == parameters.count else { return .refused(requestID, .malformedRequest) }
        return .complete(Head(requestID: requestID, byteCount: offset))
    }

    /// Nil when the parameters follow.
    private mutating func scanBegin(_ bytes: UnsafeRawBufferPointer) -> Head.Scan? {
        // Garbage is known by its first bytes; waiting for the rest would only be patience.
        if let version = bytes.first, version != 1 { return .garbage }
        if bytes.count > 1, bytes[1] != Head.RecordType.begin { return .garbage }
        guard bytes.count >= 16 else { return .needsMore }
        requestID = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        guard requestID != 0, bytes[4] == 0, bytes[5] == 8 else { return .garbage }
        guard bytes[8] == 0, bytes[9] == 1 else { return .unknownRole(requestID) }
        // libfcgi takes what fills up this record for the next one.
        guard bytes[6] == 0 else { return .refused(requestID, .malformedRequest) }
        offset = 16
        return nil
    }

    private var tooLarge: Head.Scan { .refused(requestID, .parametersTooLarge(limit: maxParameterBytes)) }

    /// Whether every name and value that is here as a whole means as a C string what it says. A pair that has only
    /// begun is looked at when the next record has brought the rest.
    private mutating func checkPairs() -> Bool {
        parameters.withUnsafeBufferPointer { bytes in
            var place = checked
            func length() -> Int? {
                guard place < bytes.count else { return nil }
                let first = Int(bytes[place])
                place += 1
                guard first > 127 else { return first }
                guard place + 3 <= bytes.count else { return nil }
                defer { place += 3 }
                return (first & 127) << 24 | Int(bytes[place]) << 16 | Int(bytes[place + 1]) << 8
                    | Int(bytes[place + 2])
            }
            while let nameLength = length(), let valueLength = length() {
                guard nameLength > 0, nameLength + valueLength <= maxParameterBytes else { return false }
                guard nameLength + valueLength <= bytes.count - place else { return true }
                // Every request passes here with a few hundred bytes: libc looks at many at a time.
                let pair = bytes.baseAddress! + place
                guard memchr(pair, 0, nameLength + valueLength) == nil,
                    memchr(pair, CInt(UInt8(ascii: "=")), nameLength) == nil
                else { return false }
                place += nameLength + valueLength
                checked = place
            }
            return true
        }
    }
}
