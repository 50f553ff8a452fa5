import Glibc
import System

/// One change of the schema: a file `V####__what_it_does.sql`.
public struct Migration: Equatable, Sendable {
    /// The number in the name. Areas have their own blocks, so a new file may have a lower number than an applied one.
    public let version: Int
    /// The words in the name: `create users`.
    public let description: String
    public let fileName: String
    /// Code that knows less than this refuses to work with the schema. From a line `-- min_code_version: N` in the
    /// comment at the top; 1 without one.
    public let minCodeVersion: Int
    /// The file as it is.
    public let bytes: [UInt8]

    /// `V####__add_indexes_*.sql`: CREATE INDEX CONCURRENTLY cannot run in a transaction.
    var buildsIndexes: Bool { description.hasPrefix("add indexes ") }
    var sql: String { String(decoding: bytes, as: UTF8.self) }

    init(fileName: String, bytes: [UInt8]) throws(MigrationError) {
        guard let (version, words) = Self.parts(of: fileName) else {
            throw MigrationError(.badFile, "\(fileName): a migration is named V####__what_it_does.sql")
        }
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw MigrationError(.badFile, "\(fileName): not UTF-8 text")
        }
        self.version = version
        self.description = words
        self.fileName = fileName
        self.bytes = bytes
        self.minCodeVersion = try Self.minCodeVersion(String(decoding: bytes, as: UTF8.self), fileName)
        try checkStatements()
    }

    /// The statements of an index file with the index each builds.
    func indexStatements() throws(MigrationError) -> [(index: String, sql: String)] {
        var statements: [(index: String, sql: String)] = []
        for statement in SQLStatements.split(sql) {
            var words = SQLStatements.leadingWords(statement, count: 8)
            if words.count > 1, words[1] == "unique" { words.remove(at: 1) }
            guard words.count > 6, Array(words[0..<6]) == ["create", "index", "concurrently", "if", "not", "exists"]
            else {
                throw MigrationError(
                    .badFile,
                    "\(fileName): only CREATE [UNIQUE] INDEX CONCURRENTLY IF NOT EXISTS name ON ... belongs here")
            }
            statements.append((words[6], statement))
        }
        return statements
    }

    private func checkStatements() throws(MigrationError) {
        if buildsIndexes {
            _ = try indexStatements()
            return
        }
        let control: Set = ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"]
        for statement in SQLStatements.split(sql) {
            guard let word = SQLStatements.leadingWords(statement, count: 1).first, control.contains(word) else {
                continue
            }
            throw MigrationError(
                .badFile, "\(fileName): \(word.uppercased()) does not belong here, the file is one transaction")
        }
    }

    private static func parts(of fileName: String) -> (Int, String)? {
        guard fileName.hasSuffix(".sql"), fileName.first == "V" else { return nil }
        let stem = fileName.dropFirst().dropLast(4)
        let digits = stem.prefix(4)
        let words = stem.dropFirst(6)
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ 48...57 ~= $0 }), stem.dropFirst(4).prefix(2) == "__",
            !words.isEmpty, words.first != "_",
            words.utf8.allSatisfy({ 97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "_") }),
            let version = Int(digits)
        else { return nil }
        return (version, String(words.map { $0 == "_" ? " " : $0 }))
    }

    private static func minCodeVersion(_ sql: String, _ fileName: String) throws(MigrationError) -> Int {
        for line in sql.split(whereSeparator: \.isNewline) {
            guard line.hasPrefix("--") else { break }
            let words = line.dropFirst(2).split(separator: " ")
            guard words.first == "min_code_version:" else { continue }
            guard words.count == 2, let version = Int(words[1]), version > 0 else {
                throw MigrationError(.badFile, "\(fileName): min_code_version must be a number from 1")
            }
            return version
        }
        return 1
    }
}

/// Why the schema cannot be brought up to date. Nothing has been changed, except by the files that ``message`` names
/// as applied.
public struct MigrationError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        case unreadable, badFile, duplicateNumber
        /// An applied file is not what it was.
        case changed
        /// The schema was made for newer code than this.
        case newer
        /// The schema lacks what this code needs.
        case pending
        /// Another runner did not finish in time, or somebody holds a lock: later it may go.
        case busy
        /// The server is too old.
        case server
        case failed
    }

    public let kind: Kind
    public let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

extension Migration {
    /// All migrations of a directory by number. Other files than `.sql` are not looked at.
    static func read(directory: String) throws(MigrationError) -> [Migration] {
        let names: [String]
        do {
            names = try Folder.names(in: directory).filter { $0.hasSuffix(".sql") && !$0.hasPrefix(".") }
        } catch {
            throw MigrationError(.unreadable, "\(directory): cannot be read, \(error.reason)")
        }
        guard !names.isEmpty else { throw MigrationError(.unreadable, "\(directory): holds no migration") }
        var migrations: [Migration] = []
        for name in names.sorted() {
            let migration = try Migration(fileName: name, bytes: try contents(directory + "/" + name))
            if let other = migrations.last, other.version == migration.version {
                throw MigrationError(.duplicateNumber, "\(other.fileName) and \(name) have the same number")
            }
            migrations.append(migration)
        }
        return migrations
    }

    private static func contents(_ path: String) throws(MigrationError) -> [UInt8] {
        do { return try File.contents(of: path, maximumBytes: 16 << 20) } catch {
            throw MigrationError(.unreadable, "\(path): cannot be read, \(error.reason)")
        }
    }
}
