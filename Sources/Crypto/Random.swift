internal import COpenSSL

/// The system's cryptographic randomness.
public enum Random {
    /// Fresh unpredictable bytes, fit for keys and tokens. A system without randomness ends the process.
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            precondition(
                RAND_bytes(buffer.baseAddress, CInt(count)) == 1, "OpenSSL has no randomness")
            written = count
        }
    }

    /// A random UUID (RFC 9562 version 4), in lower case.
    public static func uuid() -> String {
        var bytes = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = hex(bytes)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
