import Glibc
import System
import Testing

@Suite struct FileTests {
    @Test func `reads what has no length beforehand`() throws {
        #expect(try File.text(of: "/proc/self/comm", maximumBytes: 16).hasSuffix("\n"))
        #expect(try File.contents(of: "/dev/null", maximumBytes: 0).isEmpty)
    }

    @Test(
        arguments: [
            ("/nowhere/at/all", 100, ENOENT), ("/proc", 100, EISDIR), ("/dev/zero", 1_000, EFBIG),
            ("/proc/self/comm", 1, EFBIG),
        ])
    func `says what is wrong and with which file`(_ path: String, _ maximumBytes: Int, _ number: Int32) {
        #expect(throws: SystemError(path, number)) { try File.contents(of: path, maximumBytes: maximumBytes) }
    }

    @Test func `an error says its reason`() {
        #expect(SystemError("/nowhere", ENOENT).description == "/nowhere: No such file or directory")
    }
}
