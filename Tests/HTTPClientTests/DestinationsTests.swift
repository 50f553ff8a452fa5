import Glibc
import HTTPClient
import TestSupport
import Testing

@Suite struct DestinationsTests {
    private static func address(_ text: String) throws -> PeerAddress {
        var four = [UInt8](repeating: 0, count: 4), sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &four) == 1 { return try #require(PeerAddress(four)) }
        try #require(inet_pton(AF_INET6, text, &sixteen) == 1, "\(text)")
        return try #require(PeerAddress(sixteen))
    }

    @Test(arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1",
        "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.7",
        "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        // IPv6: nobody, this machine, IPv4 within, NAT64 of a private one, local NAT64, private, link, site, multicast.
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b:1::808:808", "64:ff9b:0:0:0:1:808:808", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1",
        "ff02::1", "100::1",
        // Teredo, other protocols, documentation, 6to4 of anything.
        "2001::1", "2001:1ff::1", "2001:db8::1", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "3fff:fff::1",
        "4000::1", "1fff::1",
    ])
    func `what is of no server of the public internet is told`(_ text: String) throws {
        #expect(try !Self.address(text).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1",
        "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00::1", "3ffe::1", "3fff:1000::1",
        "64:ff9b::8.8.8.8",
    ])
    func `public addresses are`(_ text: String) throws { #expect(try Self.address(text).isPublic) }

    @Test func `an address has four bytes or sixteen`() {
        for count in [0, 3, 5, 15, 17] { #expect(PeerAddress([UInt8](repeating: 9, count: count)) == nil) }
    }

    private static let spellings = [
        "127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0", "localhost", "LOCALHOST",
        "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1]",
        "[64:ff9b::7f00:1]",
    ]

    @Test(arguments: spellings)
    func `nothing is sent to a private address, however it is written`(_ host: String) throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        for isLook in [true, false] {
            var client = Client(to: .publicInternet)
            let url = "https://\(host):\(server.port)/"
            do throws(ExchangeError) {
                if isLook { try client.check(url) } else { _ = try client.send(Request(url)) }
                Issue.record("allowed")
            } catch { #expect(error.code == .addressRefused, "\(error)") }
        }
        #expect(server.requests.isEmpty, "nobody connects")
    }

    @Test func `a look says nothing against a public address, and connects to nobody`() throws {
        var client = Client(to: .publicInternet)
        try client.check("https://1.1.1.1/hook")
        var anywhere = Client(allowsLoopback: true)
        let server = try LoopbackServer(answering: "")
        try anywhere.check(server.url)
        #expect(server.requests.isEmpty)
    }

    @Test func `a name that there is none of is no address`() {
        var client = Client(to: .publicInternet)
        do throws(ExchangeError) {
            try client.check("https://nobody.invalid/")
            Issue.record("found")
        } catch { #expect(error.code == .unreachable || error.code == .timedOut, "\(error)") }
    }

    @Test(arguments: ["http://1.1.1.1/", "ftp://1.1.1.1/", "https://user@1.1.1.1/", "file:///etc/passwd", "nonsense"])
    func `nothing but https to a host is looked up`(_ url: String) {
        var client = Client(to: .publicInternet)
        do throws(ExchangeError) {
            try client.check(url)
            Issue.record("allowed")
        } catch { #expect(error.code == .addressRefused, "\(error)") }
    }
}
