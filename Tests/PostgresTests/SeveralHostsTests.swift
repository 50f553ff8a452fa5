import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct SeveralHostsTests {
    @Test(arguments: ["", " target_session_attrs=read-write"])
    func `a host that says nothing leaves time for the next one`(_ wish: String) throws {
        let silent = try SilentHost()
        var db = try Connection(
            "host=127.0.0.1,\(TestCluster.shared.directory) port=\(silent.port),5432 dbname=\(empty.name) "
                + "user=bitstockerz" + wish,
            SessionSettings(connectTimeoutSeconds: 9))
        #expect(try db.run(.value("SELECT 1")) == 1)
    }
}

/// A port of the loopback that takes no more connections, and does not say so: as a machine that is off.
private final class SilentHost {
    let port: UInt16
    private var descriptors: [Int32] = []

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(listener, pointer, length) == 0, listen(listener, 0) == 0,
                    getsockname(listener, pointer, &length) == 0
                else { return 0 }
                return UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port.bigEndian
            }
        }
        descriptors.append(listener)
        // The queue is full after the first of them.
        for _ in 0..<8 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) }
            }
            descriptors.append(client)
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
