import Glibc
import Postgres
import Supervision
import System

/// pg_dump or pg_restore at work, with pipes to it and from it.
struct DatabaseProgram: ~Copyable {
    private let name: String
    private let process: Int32
    /// What it reads from us or writes for us; closed when we are done.
    private var pipe: Int32
    private let errors: Descriptor
    private var said: [UInt8] = []
    private var isReaped = false

    enum Direction { case reads, writes }

    /// - Parameters:
    ///   - direction: whether our end of the pipe is its standard input or its standard output.
    ///   - environment: of ``Connection/programEnvironment()``.
    /// - Throws: ``BackupRefusal``.
    init(
        _ name: String, _ arguments: [String], _ direction: Direction, serverVersion: Int, environment: [String: String]
    ) throws(BackupRefusal) {
        self.name = name
        guard let path = Self.path(of: name, serverVersion / 10_000) else {
            throw BackupRefusal(.unavailable, "\(name) is not installed: apt-get install postgresql-client")
        }
        do {
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let data = try Pipe(), complaints = try Pipe()
            let isReader = direction == .reads
            process = try Command(
                path, arguments, environment: Self.environment(environment),
                descriptors: [
                    isReader ? data.reading.raw : null.raw, isReader ? null.raw : data.writing.raw,
                    complaints.writing.raw,
                ],
                deathSignal: SIGKILL
            ).spawn()
            errors = complaints.takeReading()
            pipe = (isReader ? data.takeWriting() : data.takeReading()).release()
        } catch {
            throw BackupRefusal(.unavailable, "\(name) cannot be started: \(error)")
        }
        _ = fcntl(pipe, F_SETFL, O_NONBLOCK)
        _ = fcntl(errors.raw, F_SETFL, O_NONBLOCK)
    }

    deinit {
        // Killed before it could take the end of the pipe for the end of its work.
        if !isReaped { kill(process, SIGKILL) }
        if pipe >= 0 { close(pipe) }
        guard !isReaped else { return }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// What it writes next; nil at its end.
    mutating func read() throws(BackupRefusal) -> [UInt8]? {
        while true {
            try wait(Int16(POLLIN))
            var number: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                let got = Glibc.read(pipe, buffer.baseAddress!, 65_536)
                if got < 0 { number = errno } else { count = got }
            }
            if number == EAGAIN || number == EINTR { continue }
            return bytes.isEmpty ? nil : bytes
        }
    }

    /// - Returns: false when it reads no more: how it ends tells why.
    mutating func write(_ bytes: [UInt8]) throws(BackupRefusal) -> Bool {
        var written = 0
        while written < bytes.count {
            try wait(Int16(POLLOUT))
            let count = bytes.withUnsafeBytes {
                Glibc.write(pipe, $0.baseAddress! + written, bytes.count - written)
            }
            if count >= 0 { written += count } else if errno != EAGAIN, errno != EINTR { return false }
        }
        return true
    }

    /// Closes the pipe and waits for its end.
    ///
    /// - Throws: ``BackupRefusal`` with what it said last, when it failed.
    mutating func finish() throws(BackupRefusal) {
        close(pipe)
        pipe = -1
        try wait(0)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        guard status != 0 else { return }
        throw BackupRefusal(.unavailable, "\(name) failed: \(complaint ?? "it ended with status \(status)")")
    }

    /// Of all it complained about, the first line that is an error, without its own name.
    private var complaint: String? {
        let lines = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.contains("error:") }) ?? lines.last else { return nil }
        let start = "\(name): error: "
        return String(line.hasPrefix(start) ? line.dropFirst(start.count) : line)
    }

    /// Until the pipe is ready for `events`, or, without events, until there are no more complaints. What it complains about
    /// is kept meanwhile, or both sides would wait.
    private mutating func wait(_ events: Int16) throws(BackupRefusal) {
        var hasErrors = true
        while true {
            var entries = [
                pollfd(fd: pipe, events: events, revents: 0),
                pollfd(fd: hasErrors ? errors.raw : -1, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&entries, 2, -1) < 0 {
                guard errno == EINTR else { throw BackupRefusal(.unavailable, SystemError("poll").description) }
                continue
            }
            if entries[1].revents != 0 { hasErrors = listen() }
            if events == 0 ? !hasErrors : entries[0].revents != 0 { return }
        }
    }

    /// - Returns: false at the end.
    private mutating func listen() -> Bool {
        var block = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(errors.raw, &block, block.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        if said.count < 65_536 { said += block[..<count] }
        return true
    }
}

extension DatabaseProgram {
    /// Where the program of the server's own version lies, as Debian installs it, or that of the next later one; else the
    /// first along `PATH`.
    private static func path(of name: String, _ major: Int) -> String? {
        let root = "/usr/lib/postgresql"
        let versions = ((try? Folder.names(in: root)) ?? []).compactMap { Int($0) }.filter { $0 >= major }.sorted()
        let folders = versions.map { "\(root)/\($0)/bin" }
        return Command.find(
            name, in: folders + (ProcessEnvironment.variable("PATH") ?? "").split(separator: ":").map(String.init))
    }

    /// Ours, for what libpq looks for in it and in the home folder; that of the session; and messages we can read.
    private static func environment(_ session: [String: String]) -> [String: String] {
        let inherited = ProcessEnvironment.variables().filter { name, _ in
            name.hasPrefix("PG") || ["PATH", "HOME", "TMPDIR", "GNUTLS_NO_IMPLICIT_INIT"].contains(name)
        }
        return inherited.merging(session) { $1 }.merging(["LC_ALL": "C.UTF-8"]) { $1 }
    }
}

/// Both ends of a pipe, of which the program gets one.
private struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw SystemError("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = Descriptor(owning: ends[0])
        writing = Descriptor(owning: ends[1])
    }

    consuming func takeReading() -> Descriptor { reading }
    consuming func takeWriting() -> Descriptor { writing }
}
