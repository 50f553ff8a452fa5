import Glibc
import Supervision
import System

/// Another program of this machine, run for what it says.
enum HostProgram {
    struct Output {
        let status: Int32
        /// Standard output and standard error, as they came.
        let text: String
    }

    private static let folders =
        (ProcessEnvironment.variable("PATH") ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]

    /// - Parameter name: of a file in the usual folders, or a path.
    static func path(of name: String) -> String? { name.hasPrefix("/") ? name : Command.find(name, in: folders) }

    /// Nil when it is not there, cannot be started, or takes longer than that, else ten seconds, or says more than 4 MiB.
    static func run(_ name: String, _ arguments: String...) -> Output? { run(name, arguments) }

    static func run(_ name: String, _ arguments: [String], seconds: Int = 10) -> Output? {
        var ends: [Int32] = [-1, -1]
        guard let path = path(of: name), pipe(&ends) == 0 else { return nil }
        let reader = Descriptor(owning: ends[0])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        guard let child = start(path, arguments, writing: Descriptor(owning: ends[1])) else { return nil }
        let bytes = read(reader.raw, within: Deadline(milliseconds: seconds * 1_000))
        if bytes == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let bytes else { return nil }
        let exit = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return Output(status: exit, text: String(decoding: bytes, as: UTF8.self))
    }

    /// - Parameter output: closed on our side, so that its end is seen when the program ends.
    private static func start(_ path: String, _ arguments: [String], writing output: consuming Descriptor) -> Int32? {
        guard let null = try? Descriptor(opening: "/dev/null") else { return nil }
        let environment = ["PATH": folders.joined(separator: ":"), "LANG": "C.UTF-8"]
        return try? Command(
            path, arguments, environment: environment, descriptors: [null.raw, output.raw, output.raw],
            deathSignal: SIGKILL
        ).spawn()
    }

    private static func read(_ descriptor: Int32, within deadline: Deadline) -> [UInt8]? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= 4 << 20 {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, deadline.remainingMilliseconds)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = Glibc.read(descriptor, &block, block.count)
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += block[..<count]
        }
        return nil
    }
}

/// What systemd says of its units.
enum Systemd {
    /// Whether it runs this machine.
    static var isRunning: Bool { access("/run/systemd/system", F_OK) == 0 && HostProgram.path(of: "systemctl") != nil }

    /// Properties by name, for each of the units in their order.
    static func properties(_ names: [String], of units: [String]) -> [[String: String]] {
        guard !units.isEmpty,
            let output = HostProgram.run(
                "systemctl", ["show", "--no-pager", "-p", names.joined(separator: ",")] + units)
        else { return [] }
        let blocks = output.text.split(separator: "\n\n")
        return blocks.map { block in
            var properties: [String: String] = [:]
            for line in block.split(separator: "\n") {
                guard let equals = line.firstIndex(of: "=") else { continue }
                properties[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            return properties
        }
    }

    /// The names of all units of a template that systemd knows.
    static func instances(of template: String) -> [String] {
        let listed = HostProgram.run(
            "systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", template + "@*.service")
        return (listed?.text ?? "").split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
    }
}
