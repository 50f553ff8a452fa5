import App
import Daemon
import Glibc
import JSON
import System

/// What the service says of itself, asked where nginx asks and where people do.
enum ReadinessChecks {
    private static let path = "/api/health/ready"
    private static let socket = "/run/bitstockerz/responder.sock"

    /// - Parameter serverName: of the site that nginx serves; nil when it serves none.
    static func observations(serverName: String?, at place: String) -> [Observation] {
        var observations = [
            answer(
                "responders", body(ofFastCGI: socket),
                remedy: "journalctl --namespace=+bitstockerz -u 'bitstockerz-responder@*' -p err")
        ]
        if access("/run/bitstockerz/outbound.sock", F_OK) == 0 {
            // Its pool has no such address: that it says so is all there is to hear.
            let isAlive = body(ofFastCGI: "/run/bitstockerz/outbound.sock") != nil
            observations.append(
                isAlive
                    ? .fine("outbound", "answers on its socket")
                    : .wrong(
                        "outbound", "nobody answers on /run/bitstockerz/outbound.sock",
                        "systemctl restart 'bitstockerz-outbound@*'"))
        }
        guard let serverName else { return observations }
        guard HostProgram.path(of: "curl") != nil else {
            observations.append(.warning("site", "not asked through nginx, for want of curl", "apt-get install curl"))
            return observations
        }
        let output = HostProgram.run(
            "curl", "-sk", "--max-time", "8", "--connect-to", "::\(place)", "https://\(serverName)\(path)")
        let body = output.flatMap { $0.status == 0 ? Array($0.text.utf8) : nil }
        observations.append(
            answer("site", body, remedy: "systemctl reload nginx, and /var/log/nginx/bitstockerz.log says more"))
        return observations
    }

    private static func answer(_ name: String, _ body: [UInt8]?, remedy: String) -> Observation {
        guard let body else { return .wrong(name, "nobody answers", remedy) }
        guard let answer = (try? parse(body))?.objectValue, let checks = answer["checks"]?.objectValue else {
            let said = String(decoding: body.prefix(200), as: UTF8.self).split(separator: "\n").first ?? ""
            return .wrong(name, "what answers is no readiness: \(said)", remedy)
        }
        let down = checks.names.filter { checks[$0]?.objectValue?["status"] == "down" }
        if down.isEmpty, answer["draining"] == true {
            return .warning(name, "this host is drained: no load balancer sends it anybody", "bitstockerz drain off")
        }
        if down.isEmpty { return .fine(name, "ready") }
        let reasons = down.map { name in
            name + (checks[name]?.objectValue?["detail"]?.stringValue.map { " (\($0))" } ?? "")
        }
        return .wrong(name, "says that something is down: " + reasons.joined(separator: ", "), remedy)
    }

    /// The body of the answer to a GET without nginx between; nil when nobody answers in five seconds.
    private static func body(ofFastCGI socket: String) -> [UInt8]? {
        let deadline = Deadline(milliseconds: 5_000)
        guard let connection = try? UnixSocket.connect(to: socket, timeoutMilliseconds: 2_000) else { return nil }
        func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
            let length: [UInt8] = [UInt8(content.count >> 8), UInt8(content.count & 255)]
            return [1, type, 0, 1] + length + [0, 0] + content
        }
        var parameters: [UInt8] = []
        for (name, value) in [("REQUEST_METHOD", "GET"), ("REQUEST_URI", path), ("REQUEST_ID", "doctor")] {
            parameters += [UInt8(name.utf8.count), UInt8(value.utf8.count)]
            parameters += Array(name.utf8)
            parameters += Array(value.utf8)
        }
        // Begin as a responder that is not kept; parameters; an empty body.
        var request = record(1, [0, 1, 0, 0, 0, 0, 0, 0])
        request += record(4, parameters)
        request += record(4, [])
        request += record(5, [])
        guard (try? File.write(request, to: connection.raw)) != nil else { return nil }
        var received: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16_384)
        while received.count < 1 << 20 {
            var entry = pollfd(fd: connection.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, deadline.remainingMilliseconds) > 0 else { return nil }
            let count = recv(connection.raw, &block, block.count, 0)
            guard count > 0 else { break }
            received += block[..<count]
        }
        return content(of: received)
    }

    /// What the records of standard output hold behind the head of the answer.
    private static func content(of records: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var rest = records[...]
        while rest.count >= 8 {
            let at = rest.startIndex
            let length = Int(rest[at + 4]) << 8 | Int(rest[at + 5])
            let whole = 8 + length + Int(rest[at + 6])
            guard rest.count >= whole else { break }
            if rest[at + 1] == 6 { output += rest[(at + 8)..<(at + 8 + length)] }
            rest = rest[(at + whole)...]
        }
        guard let head = output.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        return Array(output[head.upperBound...])
    }
}
