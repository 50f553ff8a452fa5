import Foundation
import Glibc
import TestSupport
import Testing

/// `bitstockerz drain` where something is in its way. A host that is drained as it should be is a drill of the systemd lab.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct DrainCommandTests {
    private let folder = try! TemporaryFolder()
    private var file: String { folder.path + "/drain" }
    private var isDrained: Bool { FileManager.default.fileExists(atPath: file) }

    private func drain(_ arguments: String..., database: String = "host=/nowhere", file: String? = nil) throws -> (
        status: Int32, output: String, errors: [Substring]
    ) {
        let ended = try TestServer.run(
            ["drain"] + arguments,
            environment: [
                "DATABASE_URL": database, "DRAIN_FILE": file ?? self.file, "WORKER_NAME": "this.worker",
                "BACKTESTD_NAME": "this",
            ])
        return (ended.status, ended.output, ended.errors.split(separator: "\n"))
    }

    @Test func `without a database the host is drained, but nobody knows what is under way`() throws {
        let on = try drain("on", "--grace", "0")
        #expect(on.status == 69 && on.output.isEmpty)
        #expect(on.errors.first == "not ready any more; the load balancer has 6 seconds to notice")
        #expect(on.errors.dropFirst().first?.contains("bitstockerz: the database is not reachable: ") == true)
        #expect(on.errors.last == "the host stays drained until bitstockerz drain off")
        #expect(isDrained)
        let status = try drain("status")
        #expect(status.status == 69 && status.output == "Drained: what is under way is not known.\n")
        #expect(status.errors.count == 1 && status.errors[0].contains("bitstockerz: the database is not reachable: "))
        let off = try drain("off")
        #expect(off.status == 0 && off.output == "This host is ready again.\n" && off.errors.isEmpty && !isDrained)
        #expect(try drain("status").output == "Not drained: what is under way is not known.\n")
    }

    @Test func `a job that does not end is waited for, but not for ever`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        try db.script(
            """
            INSERT INTO jobs (job_type, status, attempts, worker, lease_until, started_at)
            SELECT 'maintenance', 'running', 1, name || '/1', now() + interval '1 hour', now()
            FROM unnest(ARRAY['this.worker', 'another.worker']) name
            """)
        let on = try drain("on", "--grace", "0", "--timeout", "1", database: database.conninfo)
        #expect(on.status == 75 && on.output.isEmpty && isDrained)
        #expect(
            on.errors.dropFirst() == [
                "waiting: 0 requests and 1 job under way",
                "bitstockerz: still 0 requests and 1 job under way after 1 second",
                "the host stays drained until bitstockerz drain off",
            ], "\(on.errors)")
        let status = try drain("status", database: database.conninfo)
        #expect(status.status == 0 && status.output == "Drained: 0 requests and 1 job under way.\n")
        try db.script("UPDATE jobs SET status = 'completed', progress = 1, lease_until = NULL, finished_at = now()")
        let again = try drain("on", "--grace", "0", "--timeout", "1", database: database.conninfo)
        #expect(again.status == 0 && isDrained)
        #expect(again.output == "Drained: work on this host may begin. Afterwards: bitstockerz drain off\n")
    }

    @Test func `a host that was never started cannot be drained`() throws {
        let ended = try drain("on", file: "/nowhere/drain")
        #expect(ended.status == 69 && ended.output.isEmpty)
        #expect(
            ended.errors == [
                "bitstockerz: make /nowhere/drain: No such file or directory: is bitstockerz.target started?"
            ])
    }

    @Test func `a link in the place of the file is not followed`() throws {
        let elsewhere = folder.path + "/elsewhere"
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: elsewhere)
        let ended = try drain("on", "--grace", "0")
        #expect(ended.status == 69 && ended.errors.first?.contains("Too many levels of symbolic links") == true)
        #expect(!FileManager.default.fileExists(atPath: elsewhere))
    }

    @Test(arguments: [
        ([], "Missing expected argument '<wish>'"),
        (["sideways"], "'sideways'"),
        (["on", "--grace", "3601"], "--grace is 0 to 3600 seconds, --timeout 1 to 86400."),
        (["on", "--timeout", "0"], "--grace is 0 to 3600 seconds, --timeout 1 to 86400."),
    ])
    func `a wish that cannot be is one message, and drains nothing`(_ arguments: [String], _ words: String) throws {
        let ended = try TestServer.run(["drain"] + arguments, environment: ["DRAIN_FILE": file])
        #expect(ended.status == 64 && ended.errors.contains(words), "\(ended.errors)")
        #expect(!isDrained)
    }

    @Test func `a variable that cannot be is named, and drains nothing`() throws {
        let ended = try TestServer.run(["drain", "on"], environment: ["DRAIN_FILE": file, "RESPONDERS": "many"])
        #expect(ended.status == 78 && ended.errors.contains("RESPONDERS must be a whole number") && !isDrained)
    }
}
