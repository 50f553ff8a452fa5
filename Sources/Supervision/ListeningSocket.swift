import Glibc
import System

/// A listening socket made here and handed to a child, so that it outlives the child: whoever connects while the child
/// is being replaced waits in the queue instead of being refused.
public struct ListeningSocket: ~Copyable {
    public var descriptor: Int32 { socket.raw }
    private let socket: Descriptor
    private let path: String

    /// A Unix socket that only this user may connect to. One left behind by an earlier process is replaced: the caller
    /// holds the lock that says nobody else uses this folder.
    public init(unix path: String, backlog: Int32 = 1024) throws(SupervisionError) {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SupervisionError("the socket's path is longer than the system allows: \(path)")
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let raw = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SupervisionError("cannot make a socket", errno: errno) }
        let socket = Descriptor(owning: raw)
        unlink(path)
        let former = umask(0o177)
        let bound = withUnsafeBytes(of: &address) {
            Glibc.bind(raw, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        umask(former)
        guard bound == 0, listen(raw, backlog) == 0 else {
            throw SupervisionError("cannot listen on \(path)", errno: errno)
        }
        self.socket = socket
        self.path = path
    }

    deinit { unlink(path) }
}
