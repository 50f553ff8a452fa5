import Glibc

/// The smallest HTTP client that can ask a local server how it is.
public enum LoopbackHTTP {
    /// The status of `GET path` on 127.0.0.1, or nil when no answer came in time.
    public static func status(port: UInt16, path: String, timeoutMilliseconds: Int = 2000) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: (timeoutMilliseconds % 1000) * 1000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafeBytes(of: &address) {
            connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        guard connected == 0 else { return nil }
        let request = Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return nil }
        // "HTTP/1.1 200": the status line comes in one piece, from the same machine.
        var head = [UInt8](repeating: 0, count: 12)
        guard recv(descriptor, &head, head.count, Int32(MSG_WAITALL)) == head.count else { return nil }
        return Int(String(decoding: head.suffix(3), as: UTF8.self))
    }
}
