import FastCGI
import Glibc
import HTTP

/// A responder in this process, asked by a web server that sends whatever it likes.
enum Responding {
    /// Sends the bytes, and nothing after them, and takes the answer.
    static func answer(_ bytes: [UInt8]) {
        let responder = responder  // listens from here on
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        precondition(client >= 0, "no socket")
        defer { close(client) }
        var room = Int32(1 << 20)
        setsockopt(client, SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        var (name, length) = address
        let connected = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) }
        }
        precondition(connected == 0, "nobody listens")
        _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        shutdown(client, Int32(SHUT_WR))
        _ = responder.value.run(
            refuse: { Response(status: $0.reason.status) },
            handle: { request, source, _ in
                while (try? source.next()) != nil {}
                return Self.use(request)
            })
    }

    /// Looks at a request as our routes do.
    private static func use(_ request: Request) -> Response {
        _ = routes.match(request.method, request.segments)
        for name in ["limit", "offset", "symbol"] { _ = request.query[name] == "1" }
        _ = Set(request.query.items.map(\.name)).count
        _ = request.cookie("__Host-session")
        let isJSON = request.mediaType == "application/json"
        return Response(status: isJSON ? 200 : 415)
    }

    private static let routes = Router<Int>(
        ["/api/strategies", "/api/strategies/{id}", "/api/backtests/{id}/report.json"].enumerated().map {
            (.get, $1, $0)
        })

    /// In the abstract namespace: it leaves no file.
    private static let address: (sockaddr_un, socklen_t) = {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("hostile-input-\(getpid())".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, byte) in name.enumerated() { path[index + 1] = byte }
        }
        return (address, socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count))
    }()

    /// Returns after one request.
    private nonisolated(unsafe) static let responder: Holder = {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var (name, length) = address
        let isBound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
        }
        precondition(isBound == 0 && listen(listener, 8) == 0, "cannot listen")
        do {
            return Holder(
                try Responder(
                    socket: listener,
                    limits: Limits(
                        maxStreamedBodyBytes: 1 << 20, maxRequests: 1, maxMemoryBytes: .max,
                        requestTimeoutMilliseconds: 20_000)))
        } catch { preconditionFailure("\(error)") }
    }()

    private final class Holder {
        var value: Responder

        init(_ value: consuming Responder) { self.value = value }
    }
}

/// The bytes in which a web server passes a request on.
package struct FastCGIRequest {
    package let bytes: [UInt8]

    /// - Parameter parameters: these replace or join those of `GET /`.
    package init(_ parameters: [String: [UInt8]], body: [UInt8] = []) {
        var all = ["REQUEST_METHOD": Array("GET".utf8), "REQUEST_URI": Array("/".utf8), "QUERY_STRING": []]
        all["CONTENT_LENGTH"] = body.isEmpty ? [] : Array(String(body.count).utf8)
        all.merge(parameters) { $1 }
        var content: [UInt8] = []
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            content += Self.length(name.utf8.count) + Self.length(value.count) + Array(name.utf8) + value
        }
        var bytes = Self.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
        for start in stride(from: 0, to: content.count, by: 32_768) {
            bytes += Self.record(4, content[start..<min(start + 32_768, content.count)])
        }
        bytes += Self.record(4, [])
        for start in stride(from: 0, to: body.count, by: 32_768) {
            bytes += Self.record(5, body[start..<min(start + 32_768, body.count)])
        }
        self.bytes = bytes + Self.record(5, [])
    }

    package static func record(_ type: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : (0..<4).map { UInt8(count >> (24 - 8 * $0) & 255) | ($0 == 0 ? 0x80 : 0) }
    }
}
