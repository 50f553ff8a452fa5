import Glibc
internal import HTTP
import System

/// Writes one answer as FastCGI records straight to the connection.
///
/// libfcgi would write records of 8 KiB and block in each; these are as large as records can be, and the last of them
/// has gone out, or the deadline has passed, when ``finish(_:)`` returns. An answer may also come piece by piece, which
/// costs the memory of one piece and of ``flushBytesOfPieces``. Where its end would not be seen without a length, the pieces
/// wait in a file until all are there.
final class Output: BodyStream {
    /// Enough for most answers at once; a larger one goes out in pieces.
    private static let flushBytes = 256 << 10
    /// Of an answer that comes in pieces.
    private static let flushBytesOfPieces = 64 << 10
    /// The largest content that needs no padding.
    private static let maximumContent = 65_528

    /// What has become of a body that comes in pieces.
    private enum Pieces {
        case none, begun, whole
        case failed(Delivery)
    }

    private var bytes: [UInt8] = []
    private var head: [UInt8] = []
    private var requestID: UInt16 = 0
    private var socket: Int32 = -1
    private var deadline = Deadline(milliseconds: 0)
    private var isWithoutBody = false
    private var needsLength = false
    /// An answer in pieces that needs a length, until all of it is there.
    private var waiting: (response: Response, file: UnnamedFile?)?
    private var pieces = Pieces.none
    /// As soon as there is so much, it goes out.
    private var limit = Output.flushBytes
    private(set) var writtenBytes = 0
    /// Whether the web server has any of this answer.
    private var hasSent = false

    init() { bytes.reserveCapacity(16 << 10) }

    /// What comes next is the answer to this request.
    ///
    /// - Parameter needsLength: the client takes the end of the connection for the end of an answer without a length.
    func begin(
        _ requestID: UInt16, withoutBody: Bool, withLength needsLength: Bool = false, to socket: Int32,
        by deadline: Deadline
    ) {
        bytes.removeAll(keepingCapacity: true)
        (self.requestID, self.socket, self.deadline, isWithoutBody) = (requestID, socket, deadline, withoutBody)
        (pieces, limit, hasSent, writtenBytes) = (.none, Self.flushBytes, false, 0)
        (self.needsLength, waiting) = (needsLength, nil)
    }

    func begin(_ response: Response) {
        pieces = .begun
        if needsLength, !isWithoutBody {
            waiting = (response, nil)
            return
        }
        writeHead(response, length: nil)
        limit = Self.flushBytesOfPieces
        put(head[...])
    }

    func write(_ piece: [UInt8]) throws(StreamClosedError) {
        guard case .begun = pieces else { throw StreamClosedError() }
        guard !isWithoutBody else { return }
        defer { writtenBytes += piece.count }
        if waiting != nil {
            do throws(SystemError) { try keep(piece) } catch { throw StreamClosedError(error.number) }
            return
        }
        put(piece[...])
        guard case .begun = pieces else { throw StreamClosedError() }
    }

    func end() { if case .begun = pieces { pieces = .whole } }

    /// Sends the answer, or what is left of one that came in pieces.
    ///
    /// - Parameter response: the whole answer; for one in pieces what to say instead while nothing of it has gone out.
    func finish(_ response: Response) -> Delivery {
        defer { waiting = nil }
        switch pieces {
        case .none: putWhole(response)
        case .whole: putWaiting()
        case .begun:
            guard !hasSent else { return .cutShort }
            bytes.removeAll(keepingCapacity: true)
            putWhole(response)
        case .failed(let delivery): return delivery
        }
        if case .failed(let delivery) = pieces { return delivery }
        beginRecord(Head.RecordType.output, 0)
        endRequest(protocolStatus: 0)
        return flush()
    }

    /// Ends a request of a role that we do not play.
    func refuseRole(requestID: UInt16, to socket: Int32, by deadline: Deadline) {
        begin(requestID, withoutBody: true, to: socket, by: deadline)
        endRequest(protocolStatus: 3)  // FCGI_UNKNOWN_ROLE
        _ = flush()
    }

    private func keep(_ piece: [UInt8]) throws(SystemError) {
        if waiting?.file == nil { waiting?.file = try UnnamedFile() }
        try waiting?.file?.write(piece, at: writtenBytes)
    }

    private func putWaiting() {
        guard let (response, file) = waiting else { return }
        writeHead(response, length: writtenBytes)
        put(head[...])
        for start in stride(from: 0, to: writtenBytes, by: Self.flushBytesOfPieces) {
            if case .failed = pieces { return }
            guard let piece = try? file?.read(min(Self.flushBytesOfPieces, writtenBytes - start), UInt8.self, at: start)
            else {
                pieces = .failed(.cutShort)
                return
            }
            put(piece[...])
        }
    }

    private func putWhole(_ response: Response) {
        writeHead(response, length: response.body.count)
        put(head[...])
        if !isWithoutBody, Self.mayHaveBody(response.status) { put(response.body[...]) }
    }

    /// As records, of which those that fill the buffer go out. A failure is remembered.
    private func put(_ content: ArraySlice<UInt8>) {
        var rest = content
        while !rest.isEmpty {
            if case .failed = pieces { return }
            let content = rest.prefix(Self.maximumContent)
            beginRecord(Head.RecordType.output, content.count)
            bytes += content
            rest = rest.dropFirst(content.count)
            if bytes.count >= limit {
                let delivery = flush()
                if delivery != .sent { pieces = .failed(delivery) }
            }
        }
    }

    static func mayHaveBody(_ status: Int) -> Bool { status >= 200 && status != 204 && status != 304 }

    /// RFC 9110, section 15. nginx sends on what it gets, and a status line without a phrase confuses some clients.
    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Other"
        }
    }

    private func beginRecord(_ type: UInt8, _ length: Int) {
        bytes += [
            1, type, UInt8(requestID >> 8), UInt8(requestID & 255), UInt8(length >> 8), UInt8(length & 255), 0, 0,
        ]
    }

    private func endRequest(protocolStatus: UInt8) {
        beginRecord(Head.RecordType.end, 8)
        bytes += [0, 0, 0, 0, protocolStatus, 0, 0, 0]
    }

    /// The CGI form: `Status` and the fields.
    private func writeHead(_ response: Response, length: Int?) {
        head.removeAll(keepingCapacity: true)
        put("Status: ")
        put(String(response.status))
        put(" ")
        put(Self.reason(response.status))
        put("\r\n")
        for (name, value) in response.fields.items where Self.isOurs(name) {
            put(name)
            put(": ")
            // A value may have come from outside; it must not be able to start another field.
            for byte in value.utf8 { head.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
            put("\r\n")
        }
        if let length, Self.mayHaveBody(response.status) {
            put("Content-Length: ")
            put(String(length))
            put("\r\n")
        }
        put("\r\n")
    }

    private func put(_ text: String) { head.append(contentsOf: text.utf8) }

    /// A token, and not one of the two that are written here.
    private static func isOurs(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && !(name.utf8.count == 6 && name.lowercased() == "status")
            && !(name.utf8.count == 14 && name.lowercased() == "content-length")
    }

    private func flush() -> Delivery {
        defer { bytes.removeAll(keepingCapacity: true) }
        hasSent = true
        var sent = 0
        while sent < bytes.count {
            let status = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    socket, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if status >= 0 {
                sent += status
            } else if errno == EAGAIN {
                guard deadline.isReady(socket, POLLOUT) else { return .timedOut }
            } else if errno != EINTR {
                return .peerGone
            }
        }
        return .sent
    }
}
