import Foundation
import Testing

@testable import Backup

@Suite struct BackupKeyTests {
    private let folder = try! TemporaryFolder()

    @Test func `a new key is one line for its owner, and never replaces another`() throws {
        try BackupKey.make(folder["key"])
        let text = try String(contentsOfFile: folder["key"], encoding: .utf8)
        #expect(text.count == 65 && text.last == "\n" && text.dropLast().allSatisfy(\.isHexDigit))
        #expect(try FileManager.default.attributesOfItem(atPath: folder["key"])[.posixPermissions] as? Int == 0o600)
        #expect(try refusal { try BackupKey.make(folder["key"]) }?.sentence.contains("is there already") == true)
        #expect(try String(contentsOfFile: folder["key"], encoding: .utf8) == text)
    }

    @Test(arguments: [
        (0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o660, false), (0o604, false), (0o602, false),
    ])
    func `a key that others may read or change is refused`(_ mode: Int, _ isTaken: Bool) throws {
        try BackupKey.make(folder["key"])
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder["key"])
        let found = try refusal { _ = try BackupKey(folder["key"]) }
        #expect((found == nil) == isTaken)
        if !isTaken { #expect(found?.kind == .badKey && found?.sentence.contains("chmod 0600") == true) }
    }

    @Test(arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "a", count: 66), "\n"])
    func `what is no key is refused`(_ text: String) throws {
        let path = try folder.put(Array(text.utf8), "key")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try refusal { _ = try BackupKey(path) }?.kind == .badKey)
    }

    @Test func `one that is not there says how to make it`() throws {
        let found = try refusal { _ = try BackupKey(folder["none"]) }
        #expect(found?.kind == .noInput && found?.sentence.contains("bitstockerz backup-key") == true)
    }
}
