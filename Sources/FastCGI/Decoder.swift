internal import CFCGI
import Glibc
internal import HTTP
import System

/// libfcgi, which turns the head of a request into parameters.
///
/// It never sees the connection. It reads from a pipe that holds exactly one checked head, so it cannot wait for a
/// peer, meet a management record or write anything; a real connection gets its bounds and deadlines from us.
struct Decoder: ~Copyable {
    /// libfcgi's streams keep this address between calls.
    private let request: UnsafeMutablePointer<FCGX_Request>
    private var pipe: (reader: Int32, writer: Int32)

    init() throws(SystemError) {
        let pipe = Self.makePipe()
        guard FCGX_Init() == 0, pipe.reader >= 0 else { throw SystemError("start libfcgi") }
        self.pipe = pipe
        request = .allocate(capacity: 1)
        // Without a listening socket: a head that libfcgi refuses ends there instead of in another accept.
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        FCGX_Free(request, 0)
        request.deallocate()
        close(pipe.reader)
        close(pipe.writer)
    }

    /// What the head says; nil when libfcgi does not take it.
    mutating func decode(_ head: ArraySlice<UInt8>) -> Parameters? {
        let written = head.withUnsafeBytes { write(pipe.writer, $0.baseAddress, $0.count) }
        request.pointee.ipcFd = pipe.reader
        request.pointee.keepConnection = 1  // the pipe stays open between requests
        guard written == head.count, FCGX_Accept_r(request) == 0, let environment = request.pointee.envp else {
            FCGX_Free(request, 0)
            renewPipe()
            return nil
        }
        let parameters = Parameters(environment)
        FCGX_Free(request, 0)
        return parameters
    }

    /// What libfcgi left unread must not become part of the next head.
    private mutating func renewPipe() {
        if request.pointee.ipcFd >= 0 { close(pipe.reader) }  // else libfcgi has closed it
        close(pipe.writer)
        pipe = Self.makePipe()
    }

    private static func makePipe() -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)  // a defect shows as an error, never as a wait
        }
        return (ends[0], ends[1])
    }
}

/// The parameters of one request, copied out of libfcgi.
struct Parameters {
    var method = ""
    /// Nil when it is not valid UTF-8, as the next one.
    var target: String? = ""
    var query: String? = ""
    var contentLength = ""
    var remoteAddress = ""
    var requestID = ""
    var isSecure = false
    /// Of a version without chunks: the end of an answer is only known by its length.
    var needsLength = false
    var fields: [(name: String, value: String)] = []

    /// - Parameter environment: `NAME=value` strings, ended by a null pointer.
    init(_ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
        fields.reserveCapacity(16)
        var next = environment
        while let entry = next.pointee {
            next += 1
            guard let sign = strchr(entry, CInt(UInt8(ascii: "="))) else { continue }
            let name = UnsafeRawBufferPointer(start: entry, count: sign - entry)
            let value = sign + 1
            if Self.starts(name, "HTTP_") {
                // These two come again, as parameters of their own.
                if Self.starts(name, "HTTP_CONTENT_") { continue }
                fields.append((Self.fieldName(name.dropFirst(5)), Self.text(value)))
            } else if Self.equals(name, "REQUEST_METHOD") {
                method = Self.text(value)
            } else if Self.equals(name, "REQUEST_URI") {
                target = String(validatingCString: value)
            } else if Self.equals(name, "QUERY_STRING") {
                query = String(validatingCString: value)
            } else if Self.equals(name, "CONTENT_LENGTH") {
                contentLength = Self.text(value)
            } else if Self.equals(name, "CONTENT_TYPE") {
                if value.pointee != 0 { fields.append(("content-type", Self.text(value))) }
            } else if Self.equals(name, "REMOTE_ADDR") {
                remoteAddress = Self.text(value)
            } else if Self.equals(name, "REQUEST_ID") {
                requestID = Self.text(value)
            } else if Self.equals(name, "HTTPS") {
                isSecure = strcmp(value, "on") == 0
            } else if Self.equals(name, "SERVER_PROTOCOL") {
                needsLength = strcmp(value, "HTTP/1.0") == 0
            }
        }
    }

    private static func equals(_ name: UnsafeRawBufferPointer, _ other: StaticString) -> Bool {
        name.count == other.utf8CodeUnitCount && memcmp(name.baseAddress!, other.utf8Start, name.count) == 0
    }

    private static func starts(_ name: UnsafeRawBufferPointer, _ other: StaticString) -> Bool {
        name.count >= other.utf8CodeUnitCount
            && memcmp(name.baseAddress!, other.utf8Start, other.utf8CodeUnitCount) == 0
    }

    /// ASCII as it stands. Any other byte of a field is opaque (RFC 9110, 5.5), and becomes U+FFFD: as UTF-8 it could be
    /// text that is costly to compare.
    private static func text(_ value: UnsafePointer<CChar>) -> String {
        let bytes = UnsafeRawBufferPointer(start: value, count: strlen(value))
        if bytes.reduce(0, |) < 0x80 { return String(decoding: bytes, as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(3 * bytes.count)
        for byte in bytes { if byte < 0x80 { text.append(byte) } else { text += "\u{FFFD}".utf8 } }
        return String(decoding: text, as: UTF8.self)
    }

    /// `USER_AGENT` to `user-agent`.
    private static func fieldName(_ name: Slice<UnsafeRawBufferPointer>) -> String {
        String(unsafeUninitializedCapacity: name.count) { buffer in
            for (index, byte) in name.enumerated() {
                buffer[index] =
                    switch byte {
                    case UInt8(ascii: "_"): UInt8(ascii: "-")
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                    case 0x80...: UInt8(ascii: "?")  // no name of a field; the buffer must be valid UTF-8
                    default: byte
                    }
            }
            return name.count
        }
    }
}
