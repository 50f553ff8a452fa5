import Glibc

/// A file for what is too large to be held, gone with this object or with the process.
///
/// It lies in /var/tmp: elsewhere files may be memory.
public final class UnnamedFile {
    private static let pattern = "/var/tmp/bitstockerz-XXXXXX"
    private let file: Descriptor

    public init() throws(SystemError) {
        var path = Array(Self.pattern.utf8CString)
        let raw = mkstemp(&path)
        guard raw >= 0 else { throw SystemError(Self.pattern) }
        file = Descriptor(owning: raw)
        unlink(path)
        _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
    }

    /// Writes the bytes of these numbers, so many bytes behind the beginning.
    public func write<Number: BitwiseCopyable>(_ numbers: [Number], at offset: Int) throws(SystemError) {
        let size = numbers.count * MemoryLayout<Number>.stride
        var written = 0
        while written < size {
            let count = numbers.withUnsafeBytes { bytes in
                pwrite(file.raw, bytes.baseAddress! + written, size - written, off_t(offset + written))
            }
            if count >= 0 { written += count } else if errno != EINTR { throw SystemError(Self.pattern) }
        }
    }

    /// Reads so many numbers that were written there.
    public func read<Number: BitwiseCopyable>(
        _ count: Int, _ type: Number.Type = Number.self, at offset: Int
    ) throws(SystemError) -> [Number] {
        let size = count * MemoryLayout<Number>.stride
        var read = 0, failure: SystemError?
        let numbers = [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            while read < size {
                let count = pread(file.raw, bytes.baseAddress! + read, size - read, off_t(offset + read))
                if count > 0 {
                    read += count
                } else if count == 0 || errno != EINTR {
                    failure = SystemError(Self.pattern, count == 0 ? EIO : errno)
                    return
                }
            }
            initialized = count
        }
        if let failure { throw failure }
        return numbers
    }
}
