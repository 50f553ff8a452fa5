import Glibc

/// Whole files. What the system has against one is a ``SystemError`` that names its path.
public enum File {
    /// All bytes of a file, a pipe or an entry of /proc.
    ///
    /// - Parameter maximumBytes: one more is an error (`EFBIG`): nothing from outside decides how much memory we need.
    public static func contents(of path: String, maximumBytes: Int) throws(SystemError) -> [UInt8] {
        let file = try Descriptor(opening: path)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file.raw, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(path) }
            if count == 0 { return bytes }
            guard count <= maximumBytes - bytes.count else { throw SystemError(path, EFBIG) }
            bytes += block[..<count]
        }
    }

    /// The same as text; bytes that are no UTF-8 become replacement characters.
    public static func text(of path: String, maximumBytes: Int) throws(SystemError) -> String {
        String(decoding: try contents(of: path, maximumBytes: maximumBytes), as: UTF8.self)
    }
}
