import Glibc
public import System

/// systemd's journal, as programs see it whose standard output and error lead there.
public enum Journal {
    /// What at the beginning of a line says how grave it is (sd-daemon(3)), such as `<3>`; empty where the descriptor does
    /// not lead to the journal.
    ///
    /// - Parameter stream: device and inode of what systemd connected, `8:1234`: a descriptor that was led elsewhere
    ///   since, to a file say, is another one.
    public static func prefix(
        _ level: Log.Level, for descriptor: Int32, stream: String? = ProcessEnvironment.variable("JOURNAL_STREAM")
    ) -> String {
        var status = stat()
        guard let stream, fstat(descriptor, &status) == 0, stream == "\(status.st_dev):\(status.st_ino)" else {
            return ""
        }
        return "<\(level.priority)>"
    }
}

extension Log.Level {
    /// As syslog counts.
    fileprivate var priority: Int32 {
        switch self {
        case .debug: LOG_DEBUG
        case .info: LOG_INFO
        case .warning: LOG_WARNING
        case .error: LOG_ERR
        }
    }
}
