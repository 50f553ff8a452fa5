import ArgumentParser
import FoundationEssentials
import Glibc
import Supervision
import System

/// What the ways to start a stack share.
enum Launch {
    /// Checks what the stack needs, makes its directories and, as root, becomes the unprivileged user for good.
    static func prepare(_ options: StackOptions) throws -> StackLayout {
        let layout = try StackLayout(options)
        let missing = layout.missing()
        guard missing.isEmpty else { fail(missing.joined(separator: "; ")) }
        if let running = try StackStatus.read(layout) {
            fail("already running at \(running.url) (process \(running.pid))")
        }
        do {
            if geteuid() == 0 { try leaveRoot(options, layout) }
            try layout.make()
        } catch {
            fail("\(error)")
        }
        return layout
    }

    /// Runs the stack in this process. Every line goes to `report`, the last of a start is "ready".
    static func supervise(_ options: StackOptions, _ layout: StackLayout, report: @escaping (String) -> Void) throws {
        let lock = try lock(layout)
        let databaseURL = try PrivatePostgres(layout).databaseURL
        let supervisor = try Supervisor(lifeline: options.stopWithInput ? 0 : -1) { StackLog.write($0) }
        var stack = try DevelopmentStack(
            options, layout, databaseURL: databaseURL, supervisor: supervisor, report: report)
        do {
            try stack.run()
        } catch is DevelopmentStack.StoppedError {
            StackLog.write("stopped before it was ready")
        }
        lock.release()
    }

    /// Whoever asks for the status holds the lock for an instant.
    private static func lock(_ layout: StackLayout) throws -> FileLock {
        for _ in 0..<20 {
            if let lock = try FileLock(layout.lock) { return lock }
            usleep(50_000)
        }
        throw SupervisionError("already running in \(layout.state)")
    }

    private static func leaveRoot(_ options: StackOptions, _ layout: StackLayout) throws {
        guard let user = SystemUser(named: options.user) else {
            throw SupervisionError("there is no user \(options.user) on this machine: see --user")
        }
        try StackLayout.makeDirectory(layout.state)
        guard chown(layout.state, user.id, user.group) == 0, chmod(layout.state, 0o700) == 0 else {
            throw SupervisionError(
                "\(layout.state) cannot be given to \(user.name): \(String(cString: strerror(errno)))")
        }
        try user.become()
        let paths = [layout.state, layout.libexec, layout.share, layout.web, layout.executable, layout.tool]
        if let unreadable = paths.first(where: { access($0, R_OK) != 0 }) {
            throw SupervisionError("user \(user.name) cannot read \(unreadable): install where it can (make install)")
        }
    }

    /// The lines of a pipe as they come, until its writer ends.
    static func lines(from descriptor: Int32) -> AnyIterator<Substring> {
        var pending = Substring()
        var block = [UInt8](repeating: 0, count: 4096)
        return AnyIterator {
            while true {
                if let end = pending.firstIndex(of: "\n") {
                    defer { pending = pending[pending.index(after: end)...] }
                    return pending[..<end]
                }
                let count = read(descriptor, &block, block.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return nil }
                pending += String(decoding: block[..<count], as: UTF8.self)
            }
        }
    }

    static func say(_ line: String) {
        write("\(line)\n", to: STDOUT_FILENO)
    }

    static func fail(_ reason: String) -> Never {
        write("error: \(reason)\n", to: STDERR_FILENO)
        Glibc.exit(1)
    }

    /// Whoever listened may have left; the stack lives on.
    static func write(_ text: String, to descriptor: Int32) { try? File.write(Array(text.utf8), to: descriptor) }
}
