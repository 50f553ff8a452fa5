internal import CCurl
import Glibc

/// Where connections may lead to.
public enum Destinations: Sendable {
    case anywhere
    /// Only to servers of the public internet (``PeerAddress/isPublic``). What is looked at is the very address that is
    /// connected to, whatever its name led to a moment before.
    case publicInternet

    fileprivate func allow(_ peer: PeerAddress?) -> Bool {
        switch self {
        case .anywhere: true
        case .publicInternet: peer?.isPublic ?? false
        }
    }
}

/// Who decides about the connections of one exchange.
struct Opening {
    private let destinations: Destinations
    /// Nothing is opened, whatever is allowed.
    private let isLook: Bool
    private(set) var refused = 0
    private(set) var opened = 0

    init(_ destinations: Destinations, isLook: Bool = false) {
        (self.destinations, self.isLook) = (destinations, isLook)
    }

    private mutating func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        guard destinations.allow(PeerAddress(address)) else {
            refused += 1
            return CURL_SOCKET_BAD
        }
        opened += 1
        if isLook { return CURL_SOCKET_BAD }
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, type, address.pointee.protocol)
    }

    /// What libcurl calls for every connection that it is about to make.
    static let opener: curl_opener = { context, _, address in
        guard let context, let address else { return CURL_SOCKET_BAD }
        return context.assumingMemoryBound(to: Opening.self).pointee.open(address)
    }
}

extension PeerAddress {
    /// Nil for what is neither IPv4 nor IPv6.
    fileprivate init?(_ address: UnsafeMutablePointer<curl_sockaddr>) {
        let place = MemoryLayout<curl_sockaddr>.offset(of: \.addr)!
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address) + place, count: Int(address.pointee.addrlen))
        // Behind family and port, of IPv6 also behind the flow.
        switch address.pointee.family {
        case AF_INET where bytes.count >= 8: self.init(Array(bytes[4..<8]))
        case AF_INET6 where bytes.count >= 24: self.init(Array(bytes[8..<24]))
        default: return nil
        }
    }
}
