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
        case refused(UInt16, BadRequest)
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

    /// Looks at all bytes received so far.
    ///
    /// - Parameter parameters: scratch space, so that it is not allocated for each request.
    static func scan(
        _ bytes: UnsafeRawBufferPointer, maxParameterBytes: Int, parameters: inout [UInt8]
    ) -> Scan {
        // Garbage is known by its first bytes; waiting for the rest would only be patience.
        if let version = bytes.first, version != 1 { return .garbage }
        if bytes.count > 1, bytes[1] != RecordType.begin { return .garbage }
        guard bytes.count >= 16 else { return .needsMore }
        let requestID = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        guard requestID != 0, bytes[4] == 0, bytes[5] == 8 else { return .garbage }
        guard bytes[8] == 0, bytes[9] == 1 else { return .unknownRole(requestID) }
        var offset = 16 + Int(bytes[6])
        parameters.removeAll(keepingCapacity: true)
        while true {
            guard offset + recordHeaderBytes <= maximumBytes else {
                return .refused(requestID, .parametersTooLarge(limit: maxParameterBytes))
            }
            guard offset + recordHeaderBytes <= bytes.count else { return .needsMore }
            let type = bytes[offset + 1]
            let recordID = UInt16(bytes[offset + 2]) << 8 | UInt16(bytes[offset + 3])
            let length = Int(bytes[offset + 4]) << 8 | Int(bytes[offset + 5])
            guard bytes[offset] == 1, recordID == requestID else { return .refused(requestID, .malformedRequest) }
            if type == RecordType.abort { return .garbage }
            guard type == RecordType.parameters else { return .refused(requestID, .malformedRequest) }
            let start = offset + recordHeaderBytes
            offset = start + length + Int(bytes[offset + 6])
            guard parameters.count + length <= maxParameterBytes, offset <= maximumBytes else {
                return .refused(requestID, .parametersTooLarge(limit: maxParameterBytes))
            }
            guard offset <= bytes.count else { return .needsMore }
            if length == 0 { break }
            parameters.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
        }
        guard arePairs(parameters) else { return .refused(requestID, .malformedRequest) }
        return .complete(Head(requestID: requestID, byteCount: offset))
    }

    /// Whether every name and value lies inside the content and means as a C string what it says.
    private static func arePairs(_ content: [UInt8]) -> Bool {
        content.withUnsafeBufferPointer { bytes in
            var offset = 0
            func length() -> Int? {
                guard offset < bytes.count else { return nil }
                let first = Int(bytes[offset])
                offset += 1
                guard first > 127 else { return first }
                guard offset + 3 <= bytes.count else { return nil }
                defer { offset += 3 }
                return (first & 127) << 24 | Int(bytes[offset]) << 16 | Int(bytes[offset + 1]) << 8
                    | Int(bytes[offset + 2])
            }
            while offset < bytes.count {
                guard let nameLength = length(), let valueLength = length(),
                    nameLength > 0, nameLength + valueLength <= bytes.count - offset
                else { return false }
                // Every request passes here with a few hundred bytes: libc looks at many at a time.
                let pair = bytes.baseAddress! + offset
                guard memchr(pair, 0, nameLength + valueLength) == nil,
                    memchr(pair, CInt(UInt8(ascii: "=")), nameLength) == nil
                else { return false }
                offset += nameLength + valueLength
            }
            return true
        }
    }
}
