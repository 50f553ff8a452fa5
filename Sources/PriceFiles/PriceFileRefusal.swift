/// A file cannot be read as a whole: it is something else, or could mean more than one thing.
public struct PriceFileRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    /// nil when it is not about a line. The first line is 1; of JSON the line a record begins in.
    public let line: Int?
    public let reason: String
    /// What would have to be said for it to be read; nil when nothing helps but another file.
    public let asks: ReadingOption?
    /// Nothing is wrong with it, but it takes more memory than the options let it have.
    public let isTooLarge: Bool

    public init(file: String, line: Int? = nil, reason: String, asks: ReadingOption? = nil, isTooLarge: Bool = false) {
        (self.file, self.line, self.reason) = (file, line, reason)
        (self.asks, self.isTooLarge) = (asks, isTooLarge)
    }

    init(_ refusal: ReadingRefusal, in file: String) {
        self.init(
            file: file, line: refusal.line, reason: refusal.reason, asks: refusal.asks, isTooLarge: refusal.isTooLarge)
    }

    public var description: String { line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)" }
}

/// A line that is no bar, and why.
public struct RefusedLine: Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let reason: String

    public init(file: String, line: Int, reason: String) {
        (self.file, self.line, self.reason) = (file, line, reason)
    }

    public var description: String { "\(file):\(line): \(reason)" }
}

/// What is found while a file is read, before anybody knows the file's name.
struct ReadingRefusal: Error {
    var line: Int?
    let reason: String
    var asks: ReadingOption?
    var isTooLarge = false

    init(_ reason: String, line: Int? = nil, asks: ReadingOption? = nil, isTooLarge: Bool = false) {
        (self.reason, self.line, self.asks, self.isTooLarge) = (reason, line, asks, isTooLarge)
    }
}

/// A cell as messages quote it: at most 40 characters, and nothing a terminal would obey.
func quoted(_ cell: some Sequence<UInt8>) -> String {
    var shown = "", rest = 40
    for byte in cell {
        guard rest > 0 else { return "\"\(shown)...\"" }
        shown.unicodeScalars.append(32...126 ~= byte ? Unicode.Scalar(byte) : "?")
        rest -= 1
    }
    return "\"\(shown)\""
}
