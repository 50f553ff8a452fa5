import Daemon
import FastCGI
import Glibc
import HTTP
import JSON
import Jobs
import Postgres
import Supervision
import System
import Testing
import WebAuthn

@Suite struct PlatformExamples {
    @Test func `frames`() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let one = Descriptor(owning: ends[0]), other = Descriptor(owning: ends[1])
        let here = one.raw, there = other.raw
        try Frame.write(Array("{}".utf8), to: here, by: Deadline(milliseconds: 1_000))
        let message = try Frame.read(from: there, by: Deadline(milliseconds: 1_000))
        #expect(message == Array("{}".utf8))
    }

    // What needs a server, a network or a process of its own is compiled and not called.

    private func log() {
        let log = Log(minimum: .warning, common: ["program": "worker"])
        log.warning("no room on the disk", ["free_bytes": 4_096])
    }

    private func respond(on socket: Int32, _ limits: Limits) throws -> StopReason {
        var responder = try Responder(socket: socket, limits: limits)
        let reason = responder.run(refuse: { Response(status: $0.reason.status) }) { request, body, stream in
            .json(["path": .string(request.rawPath)])
        }
        return reason
    }

    private func list(_ db: inout Connection) throws -> [Listing] {
        let listings = try db.run(.listings(on: "NYSE"))
        return listings
    }

    private func remind(_ db: inout Connection) throws {
        try SendReminder.enqueue(in: &db)
    }

    private func supervise() throws {
        var supervisor = try Supervisor { line in print(line) }
        try supervisor.start(Service("nginx", Command("/usr/sbin/nginx"), stopSignals: [(SIGQUIT, 5_000)]))
        while !supervisor.step(milliseconds: 1_000) {}
        supervisor.stop()
    }

    private func register(_ json: Value, challenge: [UInt8], handle: [UInt8], now: Int64) throws -> CredentialRecord {
        let party = RelyingParty(id: "example.org", origins: ["https://example.org"])
        let registration = Registration(challenge: .bytes(challenge), relyingParty: party, time: now)
        let credential = try registration.verify(RegistrationAnswer(json))
        let record = credential.record(userHandle: handle)
        return record
    }

    private func authenticate(
        _ json: Value, challenge: [UInt8], _ party: RelyingParty, _ record: CredentialRecord
    ) throws -> AuthenticatedCredential {
        let authentication = Authentication(challenge: .bytes(challenge), relyingParty: party)
        let seen = try authentication.verify(AuthenticationAnswer(json), against: record)
        return seen
    }
}

private struct Listing: Sendable {
    let id: Int
    let symbol: String
}

extension Query {
    fileprivate static func listings(on exchange: String) -> Query<[Listing]> {
        .all("SELECT id, symbol FROM symbols WHERE exchange = $1", exchange, read: inOrder(Listing.init))
    }
}

struct SendReminder: JobKind {
    static let name = "reminder"
    static let retry: Retry? = Retry(firstSeconds: 30, maximumSeconds: 3_600)
    let timeoutMilliseconds = 10_000

    func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        .completed(nil)
    }
}
