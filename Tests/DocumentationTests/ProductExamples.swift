import Backup
import Daemon
import Glibc
import HTTPClient
import JSON
import Postgres
import Providers
import Remote
import Settings
import Strategy
import Testing

@testable import App

@Suite struct ProductExamples {
    @Test func `files and variables of the configuration`() {
        #expect(EnvironmentFile("A=1\nB='two words'\n").variables == ["A": "1", "B": "two words"])
        #expect(Variable.responders.name == "RESPONDERS")
        #expect(Variable.responders.standard == "4")
    }

    @Test func `forms and fields`() {
        let limit = Form<Int>.integer(1...100)
        let symbols = Form<[String]>.list(of: .ticker)
        #expect(limit.read != nil && symbols.read != nil)
    }

    @Test func `fields of a request`() {
        let limit = Field<Int>.query("limit", .integer(1...100), default: 50, "Page size")
        #expect(limit.parts.map(\.name) == ["limit"] && !limit.hasBody)
    }

    static let found = Answer(200, "The strategy", StrategyRow.form)

    static let get = Route(
        .get, "/api/strategies/{id}", .signedIn(.read), "One strategy.", takes: .id(.strategy), answers: [found]
    ) { call, db, id in
        guard let strategy = try db.run(.strategy(id, of: call.userID())) else { throw Thing.strategy.missing(id) }
        return found(strategy)
    }

    @Test func `routes`() {
        #expect(Self.get.parts.map(\.name) == ["id"])
    }

    // What needs a server, a network or a process of its own is compiled and not called.

    private func start(_ respond: @escaping () -> Void, _ computeBacktests: @escaping () -> Void) {
        Program.start([.responder: respond, .backtestd: computeBacktests])
    }

    private func ask() throws -> Int {
        var client = Client(Limits(totalMilliseconds: 2_000), to: .publicInternet)
        let response = try client.send(Request("https://example.org/prices", fields: ["Accept": "application/json"]))
        return response.status
    }

    private func signIn(
        _ configuration: Configuration, _ request: AuthorizationRequest, _ answer: [String: String], _ log: Log
    ) throws -> (String, Identity) {
        let providers = OpenIDConnect(configuration, log: log)
        let address = providers.address(request)
        let identity = try providers.identity(request, answer: answer)
        return (address, identity)
    }

    private func askVendors(_ configuration: Configuration, _ log: Log) -> any ProviderExchange {
        let exchanges = PriceExchanges(configuration, log: log)
        let exchange = exchanges.exchange(with: Coinbase(), isUnderWay: false) { milliseconds in
            usleep(UInt32(milliseconds) * 1_000)
        }
        return exchange
    }

    private func backUp(_ auditKey: AuditKey, _ db: inout Connection) throws -> BackUp.Report {
        let backUp = BackUp(to: .folder("/var/backups"), try BackupKey("/etc/bitstockerz/backup-key"), auditKey)
        let report = try backUp.run(in: &db) { warning in print(warning) }
        return report
    }
}
