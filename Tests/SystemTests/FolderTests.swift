import Glibc
import System
import Testing

@Suite struct FolderTests {
    @Test func `names come without the folder itself and what holds it, hidden ones too`() throws {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/folder-XXXXXX".utf8CString)
        let path = String(cString: try #require(mkdtemp(&template)))
        defer { for name in ["b", ".a", ""] { remove("\(path)/\(name)") } }
        #expect(try Folder.names(in: path) == [])
        for name in ["b", ".a"] { close(open("\(path)/\(name)", O_CREAT | O_WRONLY, 0o600)) }
        #expect(try Folder.names(in: path).sorted() == [".a", "b"])
        #expect(throws: SystemError("\(path)/b", ENOTDIR)) { try Folder.names(in: "\(path)/b") }
        #expect(throws: SystemError("\(path)/none", ENOENT)) { try Folder.names(in: "\(path)/none") }
    }
}
