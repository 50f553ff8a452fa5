import Glibc

/// One TCP port on 127.0.0.1 and, where the machine has IPv6, on ::1: a browser may take either for `localhost`. Made
/// here and handed to a child, so that it stays open while the child is being replaced. Non-blocking: nginx takes an
/// inherited socket for one that it has already set so, and of two workers that race for one connection the loser would
/// sleep in accept with all its clients.
public struct LoopbackListener: ~Copyable {
    /// One listening socket an address.
    public let descriptors: [Int32]

    /// `errorNumber` EADDRINUSE says that somebody else listens there.
    public init(port: UInt16, backlog: Int32 = 1024) throws(SupervisionError) {
        let v4 = try Self.listen(AF_INET, port, backlog)
        do {
            descriptors = [v4, try Self.listen(AF_INET6, port, backlog)]
        } catch {
            guard [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errorNumber) else {
                close(v4)
                throw error
            }
            descriptors = [v4]
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    private static func listen(_ family: Int32, _ port: UInt16, _ backlog: Int32) throws(SupervisionError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SupervisionError("cannot make a socket", errno: errno) }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        guard bind(descriptor, family, port) == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let error = SupervisionError("cannot listen on port \(port)", errno: errno)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, _ family: Int32, _ port: UInt16) -> Int32 {
        var v4 = sockaddr_in()
        v4.sin_family = sa_family_t(AF_INET)
        v4.sin_port = port.bigEndian
        v4.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var v6 = sockaddr_in6()
        v6.sin6_family = sa_family_t(AF_INET6)
        v6.sin6_port = port.bigEndian
        v6.sin6_addr = in6addr_loopback
        let bytes = family == AF_INET ? withUnsafeBytes(of: &v4, Array.init) : withUnsafeBytes(of: &v6, Array.init)
        return bytes.withUnsafeBytes {
            Glibc.bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
    }
}
