import Glibc

/// The system's cryptographic randomness.
public enum Random {
    /// Fresh unpredictable bytes, fit for keys and tokens. A system without randomness ends the process.
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            while written < count {
                let piece = min(count - written, 256)  // the most that getentropy gives at once
                precondition(getentropy(buffer.baseAddress! + written, piece) == 0, "the system has no randomness")
                written += piece
            }
        }
    }
}
