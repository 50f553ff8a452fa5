public import App
import JSON
import System

/// What a journal tells whoever sets the database back: where the audit trail stood, and who has left.
public struct JournalRecords: Sendable {
    public private(set) var checkpoints: [AuditCheckpoint] = []
    public private(set) var farewells: [Farewell] = []
    /// Lines that look like one of these and are cut, or signed with another key. They are passed over.
    public private(set) var foreignLines = 0

    private var line: [UInt8] = []
    private var isTooLong = false
    private let key: AuditKey
    /// No record of ours is as long.
    private static let maximumLine = 65_536

    public init(_ key: AuditKey) { self.key = key }

    /// The next stretch of the journal; lines may be cut anywhere.
    public mutating func take(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<end])
            endLine()
            rest = rest[(end + 1)...]
        }
        append(rest)
    }

    /// After the last one.
    public mutating func finish() { endLine() }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if line.count + bytes.count > Self.maximumLine { isTooLong = true } else { line += bytes }
    }

    private mutating func endLine() {
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        // Most lines are of requests. One in a hundred is worth a look as text.
        guard !isTooLong, line.contains(UInt8(ascii: "{")), Self.mayTell(line) else { return }
        let text = String(decoding: line, as: UTF8.self)
        switch Farewell.read(text[...], key) {
        case .farewell(let farewell): farewells.append(farewell)
        case .foreign: foreignLines += 1
        case .somethingElse:
            do { checkpoints += try AuditCheckpoint.read(text, key) } catch { foreignLines += 1 }
        }
    }

    /// Whether one of the members' names may be in it: both have a letter pair that few lines have.
    private static func mayTell(_ line: [UInt8]) -> Bool {
        let names = [Array("\"audit_checkpoint\"".utf8), Array("\"account_deleted\"".utf8)]
        return names.contains { name in
            guard line.count >= name.count else { return false }
            return (0...line.count - name.count).contains { start in
                line[start] == name[0] && line[start + 1] == name[1]
                    && line[start..<start + name.count].elementsEqual(name)
            }
        }
    }
}
