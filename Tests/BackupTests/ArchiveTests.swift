import Foundation
import Testing

@testable import Backup

@Suite struct ArchiveTests {
    private let folder = try! TemporaryFolder()

    /// The dump inside, once all of it is known to be right.
    private func contents(of bytes: [UInt8], _ key: BackupKey?) throws -> [UInt8] {
        let archive = try VerifiedArchive(try folder.put(bytes, "archive"), key)
        var dump: [UInt8] = []
        try archive.dump { piece in
            dump += piece
            return true
        }
        return dump
    }

    private static let lengths: [[Int]] = [
        [], [1], [65_536], [65_535, 1], [10, 0, 300_000], [1 << 20, 65_431], [65_000],
    ]

    @Test(arguments: lengths, [true, false])
    func `what was written is read`(_ lengths: [Int], isEncrypted: Bool) throws {
        let key = isEncrypted ? try folder.key() : nil
        let pieces = lengths.enumerated().map { number, length in
            (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
        }
        let bytes = try MadeUp.archive(pieces, key)
        #expect(try contents(of: bytes, key) == pieces.flatMap { $0 })
        let archive = try VerifiedArchive(try folder.put(bytes, "archive"), key)
        #expect(archive.manifest == .madeUp() && archive.isEncrypted == isEncrypted)
    }

    @Test(arguments: [true, false])
    func `one that was cut anywhere is refused`(isEncrypted: Bool) throws {
        let key = isEncrypted ? try folder.key() : nil
        let whole = try MadeUp.archive([[1, 2, 3], [4]], key)
        for length in 0..<whole.count {
            let found = try refusal { _ = try contents(of: Array(whole[..<length]), key) }
            #expect(found?.kind == .badArchive, "\(length)")
        }
        // Where a chunk ends, what is left is a stream of whole chunks.
        let long = try MadeUp.archive([[UInt8](repeating: 7, count: 300_000)], key)
        let start = isEncrypted ? ArchiveFormat.encryptedLength : ArchiveFormat.startLength
        let step = ArchiveFormat.chunkLength + (isEncrypted ? 16 : 0)
        for length in stride(from: start, to: long.count, by: step) {
            let found = try refusal { _ = try contents(of: Array(long[..<length]), key) }
            #expect(found?.kind == .badArchive, "\(length)")
        }
    }

    @Test(arguments: [true, false])
    func `one bit changed anywhere is refused, and so is what was added`(isEncrypted: Bool) throws {
        let key = isEncrypted ? try folder.key() : nil
        let whole = try MadeUp.archive([[1, 2, 3], [4]], key)
        for bit in 0..<whole.count * 8 {
            var changed = whole
            changed[bit / 8] ^= 1 << (bit % 8)
            let found = try refusal { _ = try contents(of: changed, key) }
            #expect(found?.kind == .badArchive || found?.kind == .badKey, "byte \(bit / 8), bit \(bit % 8)")
        }
        #expect(try refusal { _ = try contents(of: whole + [0], key) }?.kind == .badArchive)
        #expect(try refusal { _ = try contents(of: whole + whole, key) }?.kind == .badArchive)
    }

    @Test func `two archives of the same contents have nothing in common`() throws {
        let key = try folder.key()
        let one = try MadeUp.archive([[UInt8](repeating: 0, count: 1_000)], key)
        let two = try MadeUp.archive([[UInt8](repeating: 0, count: 1_000)], key)
        let start = ArchiveFormat.encryptedLength
        #expect(one.count == two.count && one[..<start] != two[..<start])
        #expect(zip(one[start...], two[start...]).filter { $0 == $1 }.count < 100)
        let plain = Array("public.users".utf8)
        #expect(one.indices.dropLast(plain.count).allSatisfy { !one[$0...].starts(with: plain) })
    }

    @Test func `another key, none, or one too many is told apart from damage`() throws {
        let key = try folder.key(), other = try folder.key("other")
        let secret = try MadeUp.archive([[1]], key), clear = try MadeUp.archive([[1]], nil)
        #expect(try refusal { _ = try contents(of: secret, other) }?.sentence.contains("another key") == true)
        #expect(try refusal { _ = try contents(of: secret, nil) }?.sentence.contains("give its key with --key") == true)
        #expect(try refusal { _ = try contents(of: clear, key) }?.sentence.contains("is not encrypted") == true)
        #expect(try refusal { _ = try contents(of: Array("PGDMP and so on".utf8), nil) }?.kind == .badArchive)
    }

    @Test func `a file that changes while it is read gives no last stretch`() throws {
        let path = try folder.put(try MadeUp.archive([[1], [2]], nil), "archive")
        let archive = try VerifiedArchive(path, nil)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: try MadeUp.archive([[1], [3]], nil))
        var given: [[UInt8]] = []
        let found = try refusal {
            try archive.dump { piece in
                given.append(piece)
                return true
            }
        }
        #expect(found?.sentence.contains("changed while it was read") == true && given == [[1]])
    }

    @Test func `one that is too old is told`() throws {
        let archive = try VerifiedArchive(try folder.put(MadeUp.archive([[1]], nil), "archive"), nil)
        let hour: Int64 = 3_600_000_000, time = archive.manifest.time
        #expect(try refusal { try archive.checkAge(maximumHours: 2, now: time + 2 * hour) } == nil)
        let found = try refusal { try archive.checkAge(maximumHours: 2, now: time + 2 * hour + 1) }
        #expect(found?.sentence.contains("is of 2024-02-29T12:00:00Z, more than 2 hours ago") == true)
        let older = try refusal { try archive.checkAge(maximumHours: 1, now: time + 2 * hour) }
        #expect(older?.sentence.contains("more than 1 hour ago") == true)
    }

    @Test(arguments: [
        Manifest.madeUp(time: .min), .madeUp(time: .max), .madeUp(rows: -1), .madeUp(rows: .max),
    ])
    func `one whose numbers no database has is refused`(_ manifest: Manifest) throws {
        let path = try folder.put(MadeUp.archive([[1]], nil, manifest), "archive")
        #expect(try refusal { _ = try VerifiedArchive(path, nil) }?.kind == .badArchive)
    }

    @Test func `the newest of a folder is meant, and no other file`() throws {
        let archive = try MadeUp.archive([[1]], nil)
        #expect(try refusal { _ = try VerifiedArchive(folder.path, nil) }?.sentence.contains("no archive") == true)
        for name in [
            "bitstockerz-20240102T000000Z.backup", "bitstockerz-20240103T000000Z.backup",
            "bitstockerz-20240101T000000Z.backup", "bitstockerz-99999999T999999X.backup", "z.backup",
            ".bitstockerz-20250101T000000Z.backup.partial",
        ] { _ = try folder.put(archive, name) }
        #expect(try VerifiedArchive(folder.path, nil).name == folder["bitstockerz-20240103T000000Z.backup"])
        let removed = try BackUp.prune(folder.path, keeping: 2)
        #expect(removed == [folder["bitstockerz-20240101T000000Z.backup"]])
        #expect(try folder.names().count == 5)
    }

    @Test func `a file gets its name when it is whole, and what others left is swept away`() throws {
        let name = "bitstockerz-20240102T000000Z.backup"
        _ = try folder.put([1], ".bitstockerz-20230102T000000Z.backup.partial")
        _ = try folder.put([1], ".something.partial")
        do {
            let file = try ArchiveFile(name, in: folder.path)
            try file.write([1, 2])
            #expect(try folder.names() == [".\(name).partial", ".something.partial"])
            // One that is being written stays.
            _ = try ArchiveFile("bitstockerz-20240103T000000Z.backup", in: folder.path)
            #expect(try folder.names() == [".\(name).partial", ".something.partial"])
        }
        #expect(try folder.names() == [".something.partial"])
        let file = try ArchiveFile(name, in: folder.path)
        try file.write([1, 2])
        #expect(try file.publish() == folder[name])
        #expect(try folder.bytes(name) == [1, 2])
        let mode = try FileManager.default.attributesOfItem(atPath: folder[name])[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(throws: (any Error).self) { _ = try ArchiveFile(name, in: folder.path) }
    }
}
