import Foundation
import Glibc
import Synchronization

/// A program that serves tests, with a folder of its own.
///
/// It lives as long as a pipe that we hold: a small shell waits for the pipe's end, then ends the program and removes the
/// folder. So nothing is left behind however the test process ends.
final class TestProgram: Sendable {
    /// For data, socket and log.
    let directory: String
    private let shell: pid_t
    private let pipe: Int32
    /// A second closing of the pipe would close what somebody else has opened since under its number.
    private let hasStopped = Atomic(false)

    /// - Parameters:
    ///   - script: for bash: starts the program, reads standard input to its end, ends the program. `$1` is the folder
    ///     and where it is run; `$as` goes before whatever root must not run.
    ///   - arguments: `$2` and so on.
    init(_ script: String, _ arguments: [String]) throws {
        // Short, for the path of a Unix socket has only 107 bytes; and where an unprivileged user may go.
        var template = Array((NSTemporaryDirectory() + "bst-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: errno \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var ends: [Int32] = [0, 0]
        // Nobody else may inherit our end, or the program would outlive us.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure("socketpair: errno \(errno)")
        }
        pipe = ends[1]
        defer { close(ends[0]) }
        shell = try Self.spawn(
            ["/bin/bash", "-c", Self.prologue + script + Self.epilogue, "bash", directory] + arguments,
            standardInput: ends[0])
    }

    deinit { stop() }

    /// Ends the program and removes its folder; returns when both are gone.
    func stop() {
        guard !hasStopped.exchange(true, ordering: .relaxed) else { return }
        close(pipe)
        var status: Int32 = 0
        while waitpid(shell, &status, 0) == -1, errno == EINTR {}
    }

    /// Stops it, and tells what went wrong with the log that it wrote.
    func failure(_ what: String) -> Failure {
        let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "no log"
        stop()
        return Failure("\(what):\n\(log)")
    }

    private static let prologue = """
        trap '' HUP INT TERM
        # A socket that a test forgot to mark would otherwise stay open in the program.
        for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ "$fd" -gt 2 ] && [ "$fd" != 255 ] && eval "exec $fd>&-"; done
        as=
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$1"
            as="setpriv --reuid postgres --regid postgres --init-groups"
        fi
        cd "$1"

        """

    private static let epilogue = """

        cd /
        rm -rf "$1"
        """

    private static func spawn(_ arguments: [String], standardInput: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
        // Not our output: whoever reads it would wait for the server's end.
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A thread of ours may have blocked the very signals by which the program is to end.
        var attributes = posix_spawnattr_t(), none = sigset_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let copies = arguments.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, arguments[0], &actions, &attributes, copies, environ)
        guard status == 0 else { throw Failure("posix_spawn: errno \(status)") }
        return pid
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
