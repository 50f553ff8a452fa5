import Foundation
import JSON
import Testing

/// The web server's side of the protocol, byte by byte.
final class Client {
    private let descriptor: Int32

    init(_ server: EchoServer) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)  // a server that hangs fails its test instead of stopping it
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        let status = withAddress(of: server.socketPath) { [descriptor] in connect(descriptor, $0, $1) }
        guard status == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }

    /// False when the server has closed the connection.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let status = bytes.withUnsafeBytes { buffer in
                Foundation.send(descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard status > 0 else { return false }
            sent += status
        }
        return true
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything up to the end of the connection; nil when it did not end in time.
    func receiveAll() -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let status = recv(descriptor, &piece, piece.count, 0)
            if status > 0 {
                bytes += piece[..<status]
            } else if status == 0 || errno == ECONNRESET {
                return bytes
            } else if errno != EINTR {
                return nil
            }
        }
    }

    func receiveSome() -> Int { var piece = [UInt8](repeating: 0, count: 100); return recv(descriptor, &piece, 100, 0) }

    func answer() throws -> Answer { try Answer(#require(receiveAll())) }
}

/// The content of the records of one answer.
struct Answer {
    var status = 0
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var requestID = 0
    var protocolStatus: UInt8?
    /// Content bytes of each output record, the empty one included.
    var recordLengths: [Int] = []

    init(_ bytes: [UInt8]) throws {
        var output: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            try #require(bytes.count >= offset + 8 && bytes[offset] == 1)
            requestID = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let length = Int(bytes[offset + 4]) << 8 | Int(bytes[offset + 5])
            let content = bytes[(offset + 8)...].prefix(length)
            try #require(content.count == length)
            if bytes[offset + 1] == 6 {
                output += content
                recordLengths.append(length)
            } else {
                try #require(bytes[offset + 1] == 3 && length == 8)
                protocolStatus = content[content.startIndex + 4]
            }
            offset += 8 + length + Int(bytes[offset + 6])
        }
        guard !output.isEmpty else { return }
        let text = String(decoding: output, as: UTF8.self)
        let end = try #require(text.range(of: "\r\n\r\n"))
        body = Array(output[text.utf8.distance(from: text.startIndex, to: end.upperBound)...])
        for line in text[..<end.lowerBound].components(separatedBy: "\r\n") {
            let sign = try #require(line.range(of: ": "))
            fields.append((String(line[..<sign.lowerBound]), String(line[sign.upperBound...])))
        }
        let statusLine = (self["Status"] ?? "").split(separator: " ", maxSplits: 1)
        try #require(statusLine.count == 2)
        status = Int(statusLine[0]) ?? 0
    }

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    func json() throws -> Object { try #require(try parse(body).objectValue) }
}

/// Records as a web server writes them.
enum Wire {
    static func record(_ type: UInt8, _ content: [UInt8] = [], id: UInt16 = 1, padding: UInt8 = 0) -> [UInt8] {
        [1, type, UInt8(id >> 8), UInt8(id & 255), UInt8(content.count >> 8), UInt8(content.count & 255), padding, 0]
            + content + [UInt8](repeating: 0, count: Int(padding))
    }

    static func begin(id: UInt16 = 1, role: UInt8 = 1, flags: UInt8 = 0) -> [UInt8] {
        record(1, [0, role, flags, 0, 0, 0, 0, 0], id: id)
    }

    static func pair(_ name: String, _ value: String) -> [UInt8] {
        func length(_ count: Int) -> [UInt8] {
            count < 128 ? [UInt8(count)] : [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (count | 1 << 31) >> $0) }
        }
        return length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
    }

    static func parameters(_ target: String, method: String = "GET", _ more: [(String, String)] = []) -> [UInt8] {
        let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        return ([("REQUEST_METHOD", method), ("REQUEST_URI", target), ("QUERY_STRING", String(query ?? ""))] + more)
            .flatMap { pair($0.0, $0.1) }
    }

    static func head(
        _ target: String, method: String = "GET", _ more: [(String, String)] = [], id: UInt16 = 1
    ) -> [UInt8] {
        begin(id: id) + record(4, parameters(target, method: method, more), id: id, padding: 3) + record(4, id: id)
    }

    static func get(_ target: String, method: String = "GET", _ more: [(String, String)] = []) -> [UInt8] {
        head(target, method: method, more) + record(5)
    }

    static func post(_ target: String, _ body: [UInt8], length: String? = nil, recordBytes: Int = 60_000) -> [UInt8] {
        var bytes = head(target, method: "POST", [("CONTENT_LENGTH", length ?? String(body.count))])
        for start in stride(from: 0, to: body.count, by: recordBytes) {
            bytes += record(5, Array(body[start..<min(start + recordBytes, body.count)]), padding: 5)
        }
        return bytes + record(5)
    }
}
