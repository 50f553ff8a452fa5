import Glibc
public import JSON
public import System

/// Writes one JSON line for each event: `ts`, `level`, `msg` and its fields, in that order.
///
/// Where it is read by systemd's journal, a line begins with its priority, which the journal takes off.
///
/// Never hand it tokens, cookies, bodies or keys. A line is one `write(2)`, so lines of several processes do not mix.
///
///     let log = Log(minimum: .warning, common: ["program": "worker"])
///     log.warning("no room on the disk", ["free_bytes": 4_096])
public struct Log: Sendable {
    public enum Level: String, CaseIterable, Comparable, Sendable {
        case debug
        case info
        case warning
        case error

        fileprivate var index: Int { Level.allCases.firstIndex(of: self)! }

        public static func < (a: Level, b: Level) -> Bool { a.index < b.index }
    }

    /// Events below it cost nothing and are not written.
    public var minimum: Level
    private let descriptor: Int32
    private let common: [(name: String, value: Value)]
    /// By level.
    private let prefixes: [String]

    /// - Parameters:
    ///   - descriptor: stderr, which journald reads. Not owned.
    ///   - common: fields of every line, such as the name of the program.
    ///   - journal: what systemd says of the stream that its journal reads.
    public init(
        minimum: Level = .info, descriptor: Int32 = 2, common: KeyValuePairs<String, Value> = [:],
        journal: String? = ProcessEnvironment.variable("JOURNAL_STREAM")
    ) {
        self.minimum = minimum
        self.descriptor = descriptor
        self.common = common.map { ($0, $1) }
        prefixes = Level.allCases.map { Journal.prefix($0, for: descriptor, stream: journal) }
    }

    public func debug(_ message: String, _ fields: @autoclosure () -> KeyValuePairs<String, Value> = [:]) {
        write(.debug, message, fields)
    }
    public func info(_ message: String, _ fields: @autoclosure () -> KeyValuePairs<String, Value> = [:]) {
        write(.info, message, fields)
    }
    public func warning(_ message: String, _ fields: @autoclosure () -> KeyValuePairs<String, Value> = [:]) {
        write(.warning, message, fields)
    }
    public func error(_ message: String, _ fields: @autoclosure () -> KeyValuePairs<String, Value> = [:]) {
        write(.error, message, fields)
    }

    /// Nothing to worry about, and yet written whatever the minimum: what has to be found in the journal one day.
    public func record(_ message: String, _ fields: KeyValuePairs<String, Value>) {
        put(.info, message, { fields })
    }

    private func write(_ level: Level, _ message: String, _ fields: () -> KeyValuePairs<String, Value>) {
        if level >= minimum { put(level, message, fields) }
    }

    private func put(_ level: Level, _ message: String, _ fields: () -> KeyValuePairs<String, Value>) {
        var writer = Writer()
        writer.object { writer in
            writer.member("ts", SystemClock.timestamp(SystemClock.unixMicroseconds()))
            writer.member("level", level.rawValue)
            writer.member("msg", Self.bounded(message))
            for (name, value) in common { Self.write(name, value, into: &writer) }
            for (name, value) in fields() { Self.write(name, value, into: &writer) }
        }
        var line = Array(prefixes[level.index].utf8) + writer.bytes
        line.append(UInt8(ascii: "\n"))
        // A log that cannot be written has nowhere to complain to.
        while Glibc.write(descriptor, line, line.count) < 0, errno == EINTR {}
    }

    private static func write(_ name: String, _ value: Value, into writer: inout Writer) {
        writer.key(name)
        if case .string(let text) = value { writer.string(bounded(text)) } else { writer.value(value) }
    }

    /// A pipe takes 4,096 bytes at once; a text from outside must not grow a line beyond that by itself.
    private static func bounded(_ text: String) -> String {
        text.utf8.count <= 2_000 ? text : String(text.prefix(500)) + "…"
    }
}
