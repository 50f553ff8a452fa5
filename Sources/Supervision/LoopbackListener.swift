import Glibc
import System

/// One TCP port on 127.0.0.1 and, where the machine has IPv6, on ::1: a browser may take either for `localhost`. Made
/// here and handed to a child, so that it stays open while the child is being replaced. Non-blocking: nginx takes an
/// inherited socket for one that it has already set so, and of two workers that race for one connection the loser would
/// sleep in accept with all its clients.
public struct LoopbackListener: ~Copyable {
    private let v4: Descriptor
    private let v6: Descriptor?

    /// One listening socket an address.
    public var descriptors: [Int32] {
        switch v6 {
        case .some(let v6): [v4.raw, v6.raw]
        case .none: [v4.raw]
        }
    }

    /// `errorNumber` EADDRINUSE says that somebody else listens there.
    public init(port: UInt16, backlog: Int32 = 1024) throws(SupervisionError) {
        let v4 = try Self.listen(AF_INET, port, backlog)
        v6 = try Self.listenOnIPv6(port, backlog)
        self.v4 = v4
    }

    /// Nil on a machine without IPv6.
    private static func listenOnIPv6(_ port: UInt16, _ backlog: Int32) throws(SupervisionError) -> Descriptor? {
        do { return try listen(AF_INET6, port, backlog) } catch {
            guard [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errorNumber) else { throw error }
            return nil
        }
    }

    private static func listen(_ family: Int32, _ port: UInt16, _ backlog: Int32) throws(SupervisionError) -> Descriptor
    {
        let raw = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard raw >= 0 else { throw SupervisionError("cannot make a socket", errno: errno) }
        let descriptor = Descriptor(owning: raw)
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if family == AF_INET6 { setsockopt(raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        guard bind(raw, family, port) == 0, Glibc.listen(raw, backlog) == 0 else {
            throw SupervisionError("cannot listen on port \(port)", errno: errno)
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
