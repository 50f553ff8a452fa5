import Foundation
import JSON
import Testing

@testable import Daemon

@Suite struct LogTests {
    /// What `body` writes to the log, line by line.
    private func lines(minimum: Log.Level, _ body: (Log) -> Void) throws -> [Value] {
        let pipe = Pipe()
        body(Log(minimum: minimum, descriptor: pipe.fileHandleForWriting.fileDescriptor, common: ["program": "test"]))
        try pipe.fileHandleForWriting.close()
        let text = try #require(String(data: pipe.fileHandleForReading.readDataToEndOfFile(), encoding: .utf8))
        return try text.split(separator: "\n").map { try parse(Array($0.utf8)) }
    }

    @Test func `writes one JSON line for each event`() throws {
        let lines = try lines(minimum: .info) { log in
            log.info("request", ["status": 200, "duration_ms": 1.5, "path": "/a\"\n"])
            log.error("broken")
        }
        #expect(lines.count == 2)
        #expect(lines[0].objectValue?.names == ["ts", "level", "msg", "program", "status", "duration_ms", "path"])
        #expect(lines[0].objectValue?["path"] == "/a\"\n" && lines[0].objectValue?["level"] == "info")
        #expect(lines[1].objectValue?["msg"] == "broken" && lines[1].objectValue?["level"] == "error")
        #expect(lines[1].objectValue?["ts"]?.stringValue?.hasSuffix("Z") == true)
    }

    @Test(arguments: zip(Log.Level.allCases, [4, 3, 2, 1]))
    func `leaves away what is below the minimum`(_ minimum: Log.Level, _ count: Int) throws {
        let lines = try lines(minimum: minimum) { log in
            log.debug("1")
            log.info("2")
            log.warning("3")
            log.error("4")
        }
        #expect(lines.count == count)
    }

    @Test func `bounds a text from outside`() throws {
        let lines = try lines(minimum: .info) { log in
            log.info("x", ["path": .string(String(repeating: "a", count: 50_000))])
        }
        #expect(lines[0].objectValue?["path"]?.stringValue?.utf8.count ?? 0 < 2_100)
    }

    @Test func `only the journal is told how grave a line is`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        var status = stat()
        try #require(fstat(descriptor, &status) == 0)
        for journal in ["\(status.st_dev):\(status.st_ino)", "\(status.st_dev):\(status.st_ino + 1)"] {
            let log = Log(minimum: .debug, descriptor: descriptor, journal: journal)
            log.debug("1")
            log.info("2")
            log.warning("3")
            log.error("4")
        }
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let prefixes = text.split(separator: "\n").map { $0.prefix { $0 != "{" } }
        #expect(prefixes == ["<7>", "<6>", "<4>", "<3>", "", "", "", ""])
    }
}
