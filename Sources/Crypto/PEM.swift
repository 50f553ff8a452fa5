internal import COpenSSL

/// Gives the text of a PEM file to OpenSSL, which reads on in it for as long as the body runs.
///
/// A memory BIO keeps the pointer that it is given, and copies nothing (BIO_s_mem(3)): an array that is only passed to it
/// may be gone with that call.
///
/// - Returns: what the body returns; nil for no text, and for one longer than OpenSSL counts.
func withPEM<Output>(_ text: [UInt8], _ body: (OpaquePointer) -> Output?) -> Output? {
    defer { ERR_clear_error() }
    return text.withUnsafeBytes { text in
        guard let count = CInt(exactly: text.count), let input = BIO_new_mem_buf(text.baseAddress, count) else {
            return nil
        }
        defer { BIO_free(input) }
        return body(input)
    }
}
