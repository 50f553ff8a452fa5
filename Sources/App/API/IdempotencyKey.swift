import HTTP

/// What a client calls its request, so that it may send it again and nothing happens twice: `Idempotency-Key`.
enum IdempotencyKey {
    /// - Parameters:
    ///   - hash: of what is asked for now.
    ///   - earlier: of what came with the key before.
    /// - Throws: ``Problem`` 409 when that was something else.
    static func check(_ hash: String, against earlier: String) throws(Problem) {
        guard hash == earlier else {
            throw Problem(
                .conflict, "This Idempotency-Key came with another request before.",
                fieldErrors: [FieldError("Idempotency-Key", "KEY_REUSED", "The key belongs to another request.")])
        }
    }
}

extension Field where Content == String? {
    /// - Parameter thing: what an earlier request has made, in one word.
    static func idempotencyKey(_ thing: String) -> Field {
        header(
            optional: "Idempotency-Key",
            Form<String>.text(
                .text(length: 1...255, pattern: TextPatterns.printableASCII), "1 to 255 printable ASCII characters",
                write: { $0 }
            ) { text in
                let isKey = (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
                return isKey ? text : nil
            }, "A request with the key and content of an earlier one answers its \(thing)")
    }
}
