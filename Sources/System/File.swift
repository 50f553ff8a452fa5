import Glibc

/// Whole files. What the system has against one is a ``SystemError`` that names its path.
public enum File {
    /// All bytes of a file, a pipe or an entry of /proc.
    ///
    /// - Parameter maximumBytes: one more is an error (`EFBIG`): nothing from outside decides how much memory we need.
    public static func contents(of path: String, maximumBytes: Int) throws(SystemError) -> [UInt8] {
        let file = try Descriptor(opening: path)
        return try contents(from: file.raw, named: path, maximumBytes: maximumBytes)
    }

    /// What is still to be read from an open descriptor, which stays the caller's.
    public static func contents(
        from descriptor: Int32, named name: String, maximumBytes: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(name) }
            if count == 0 { return bytes }
            guard count <= maximumBytes - bytes.count else { throw SystemError(name, EFBIG) }
            bytes += block[..<count]
        }
    }

    /// A whole file as text; bytes that are no UTF-8 become replacement characters.
    public static func text(of path: String, maximumBytes: Int) throws(SystemError) -> String {
        String(decoding: try contents(of: path, maximumBytes: maximumBytes), as: UTF8.self)
    }

    /// Bytes of a file, which need not be readable; nil where there is none.
    public static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Writes all bytes to a descriptor that blocks.
    public static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
            if count >= 0 { written += count } else if errno != EINTR { throw SystemError("write") }
        }
    }
}
