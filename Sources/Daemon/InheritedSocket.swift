import Glibc
import System

/// The listening socket that whoever started us made for us.
public enum InheritedSocket {
    /// File descriptor 3 when systemd passed one to this process (`LISTEN_PID`, `LISTEN_FDS`), else 0 as spawn-fcgi
    /// and `bitstockerz-dev` pass it. Marked close-on-exec; the variables are removed so that no child believes them.
    public static func take() throws(InheritedSocketError) -> Int32 {
        let descriptor = descriptor(
            listenPID: ProcessEnvironment.variable("LISTEN_PID"),
            listenCount: ProcessEnvironment.variable("LISTEN_FDS"), ourPID: getpid())
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        try check(descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// The rule of `sd_listen_fds`.
    static func descriptor(listenPID: String?, listenCount: String?, ourPID: Int32) -> Int32 {
        guard let listenPID, Int32(listenPID) == ourPID, let listenCount, let count = Int(listenCount), count >= 1
        else { return 0 }
        return 3
    }

    static func check(_ descriptor: Int32) throws(InheritedSocketError) {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let status = getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size)
        guard status == 0, isListening == 1 else {
            throw InheritedSocketError(
                description: "file descriptor \(descriptor) is not a listening socket: "
                    + "start this program through its systemd socket, spawn-fcgi -n or bitstockerz-dev")
        }
    }
}

/// Nothing to accept on; the message says what was expected where.
public struct InheritedSocketError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}
