import Glibc
import JSON

/// A small HTTP/1.1 client over loopback: one connection a request, every byte under the test's control.
public struct HTTPClient: Sendable {
    public let port: UInt16
    /// Looks at every answer to what was sent by ``send(_:_:key:json:body:fields:seconds:)``.
    public var check: (@Sendable (_ method: String, _ target: String, _ answer: Answer) -> Void)?

    public init(port: UInt16) { self.port = port }

    public struct Answer: Sendable {
        public let status: Int
        public let fields: [(name: String, value: String)]
        public let body: [UInt8]

        public init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
            self.status = status
            self.fields = fields
            self.body = body
        }

        public subscript(_ name: String) -> String? {
            fields.first { $0.name.lowercased() == name.lowercased() }?.value
        }
        public var text: String { String(decoding: body, as: UTF8.self) }
        public var json: Value? { try? parse(body, limits: ParseLimits(maxBytes: 1 << 26, maxDepth: 32)) }
        public var object: Object? { json?.objectValue }
        /// The stable code of a problem.
        public var code: String? { object?["code"]?.stringValue }
    }

    public enum Failure: Error { case refused, closed, timedOut, malformed(String) }

    /// Sends a request and reads the whole answer, at most for `seconds`.
    public func send(
        _ method: String = "GET", _ target: String, key: String? = nil, json: String? = nil, body: [UInt8]? = nil,
        fields: [(String, String)] = [], seconds: Int = 15
    ) throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
        if let key { head += "Authorization: Bearer \(key)\r\n" }
        let bytes = body ?? json.map { Array($0.utf8) }
        if let bytes {
            if !fields.contains(where: { $0.0 == "Content-Type" }) { head += "Content-Type: application/json\r\n" }
            head += "Content-Length: \(bytes.count)\r\n"
        }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let answer = try exchange(
            Array((head + "\r\n").utf8) + (bytes ?? []), seconds: seconds, isHead: method == "HEAD")
        check?(method, target, answer)
        return answer
    }

    /// Sends raw bytes and reads one answer: for what no honest client would send.
    public func exchange(_ bytes: [UInt8], seconds: Int = 15, isHead: Bool = false) throws -> Answer {
        let descriptor = try connect(seconds)
        defer { close(descriptor) }
        try write(bytes, descriptor)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { throw Failure.timedOut }
            if count <= 0 { break }
            received += buffer[..<count]
        }
        return try Self.answer(received, isHead: isHead)
    }

    /// Sends the beginning of a request and goes away.
    public func abandon(_ bytes: [UInt8]) throws {
        let descriptor = try connect(5)
        try write(bytes, descriptor)
        close(descriptor)
    }

    private func connect(_ seconds: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard onLoopback(Glibc.connect, descriptor, port) else {
            close(descriptor)
            throw Failure.refused
        }
        return descriptor
    }

    private func write(_ bytes: [UInt8], _ descriptor: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            // A server may answer and close before it has read everything: its answer is what counts.
            guard count > 0 else { return }
            sent += count
        }
    }

    private static func answer(_ bytes: [UInt8], isHead: Bool) throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        guard !bytes.isEmpty else { throw Failure.closed }
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
            throw Failure.malformed(String(decoding: bytes.prefix(200), as: UTF8.self))
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let parts = lines[0].split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1]) else { throw Failure.malformed(String(lines[0])) }
        let fields = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        var body = Array(bytes[(end + 4)...])
        let answer = Answer(status: status, fields: fields, body: body)
        guard !isHead, status != 304 else { return answer }
        if answer["Transfer-Encoding"] == "chunked" {
            body = try dechunked(body)
        } else if let length = answer["Content-Length"].flatMap(Int.init) {
            // Of a server that was killed over it, an answer may end anywhere.
            guard body.count >= length else { throw Failure.closed }
            guard body.count == length else { throw Failure.malformed("\(body.count - length) bytes too many") }
        }
        return Answer(status: status, fields: fields, body: body)
    }

    private static func dechunked(_ bytes: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = [], index = 0
        while index < bytes.count, let end = bytes[index...].firstIndex(of: 13) {
            guard let size = Int(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16),
                end + 2 + size <= bytes.count
            else { throw Failure.malformed("chunk") }
            if size == 0 { return body }
            body += bytes[(end + 2)..<(end + 2 + size)]
            index = end + 2 + size + 2
        }
        throw Failure.closed
    }
}
