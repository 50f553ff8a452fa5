import FoundationEssentials
import Glibc
import Supervision

/// nginx from the shared site files. It is given its listening sockets, so they stay open while it is being replaced.
struct DevelopmentNginx {
    let layout: StackLayout
    let program: String

    static var program: String? { Command.find("nginx", in: ["/usr/sbin", "/usr/bin", "/usr/local/sbin"]) }

    init(_ layout: StackLayout) throws {
        guard let program = Self.program else { throw SupervisionError("nginx is not installed") }
        self.layout = layout
        self.program = program
    }

    /// Writes the configuration: the template filled in, and the shared files beside it under the name they include
    /// each other by.
    func configure(port: UInt16, hasIPv6: Bool, rateScale: Int) throws {
        var text = try String(contentsOfFile: "\(layout.share)/nginx/development.conf", encoding: .utf8)
        let listen = ["listen 127.0.0.1:\(port);"] + (hasIPv6 ? ["listen [::1]:\(port);"] : [])
        for (name, value) in [
            ("LISTEN", listen.joined(separator: " ")), ("SOCKETS", layout.sockets),
            ("ANONYMOUS_RATE", "\(600 * rateScale)"), ("ADDRESS_RATE", "\(100 * rateScale)"),
        ] { text = text.replacing("@\(name)@", with: value) }
        try text.write(toFile: "\(layout.nginx)/nginx.conf", atomically: true, encoding: .utf8)
        StackLog.rotate(StackLog.path("access", in: layout))
        try Self.link("\(layout.nginx)/bitstockerz", to: "\(layout.share)/nginx")
        try Self.link("\(layout.state)/web", to: layout.web)
    }

    var arguments: [String] { ["-p", layout.state, "-c", "\(layout.nginx)/nginx.conf"] }

    /// `sockets` become descriptors 3 and up: nginx's own way to take over the sockets of a predecessor.
    func service(log: Int32, null: Int32, sockets: [Int32]) -> Service {
        var environment = StackEnvironment.base
        environment["NGINX"] = sockets.indices.map { "\($0 + 3);" }.joined()
        let command = Command(
            program, arguments, environment: environment, descriptors: [null, log, log] + sockets)
        return Service("nginx", command, stopSignals: [(SIGQUIT, 5000), (SIGTERM, 5000)])
    }

    private static func link(_ path: String, to target: String) throws {
        if (try? FileManager.default.attributesOfItem(atPath: path)) != nil {
            try FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }
}
