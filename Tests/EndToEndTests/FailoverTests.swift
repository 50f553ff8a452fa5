import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Two real servers, of which the second follows the first as a synchronous streaming replica.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct FailoverTests {
    @Test func `the promoted replica has all that was acknowledged, and everybody finds it`() throws {
        let primary = try TestCluster(), standby = try TestCluster(following: primary)
        defer {
            standby.stop()
            primary.stop()
        }
        var admin = try Connection(primary.conninfo(database: "postgres"))
        try admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try admin.execute("SELECT pg_reload_conf()")
        try poll("the replica to be waited for", seconds: 20) {
            try admin.run(.value("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) == 1
        }
        let server = try TestServer(environment: [
            "DATABASE_URL": "host=\(primary.directory),\(standby.directory) dbname=postgres user=bitstockerz "
                + "target_session_attrs=read-write"
        ])
        defer { server.stop() }
        func processes() throws -> [[pid_t]] {
            try ["responder", "outbound", "backtestd", "worker"].map { try server.pids($0) }
        }
        func ready() throws -> Int { try server.client.send("GET", "/api/health/ready", seconds: 20).status }
        let before = try processes()
        #expect(try server.finished(server.backtest(strategy: server.strategy("before")))["status"] == "completed")

        let acknowledged = Box<[String]>([]), refused = Box<Set<Int>>([])
        try besideOthers(2) { writer, isOver in
            var number = 0
            while !isOver() {
                number += 1
                let answer = try server.client.send(
                    "POST", "/api/strategies", key: server.key,
                    json: TestStrategy.draft(name: "\(writer).\(number)", assetType: "EQUITY", timeframe: "1d"),
                    seconds: 30)
                if answer.status == 201, let id = answer.object?["id"]?.stringValue {
                    acknowledged.withLock { $0.append(id) }
                } else {
                    refused.withLock { _ = $0.insert(answer.status) }
                    usleep(20_000)
                }
            }
        } body: {
            func poll(_ count: Int, more what: String) throws {
                let now = acknowledged.withLock { $0.count }
                try TestSupport.poll(what, seconds: 60) { acknowledged.withLock { $0.count } >= now + count }
            }
            try poll(20, more: "strategies to be saved")
            // At once, as a machine that loses its power would end.
            kill(try primary.postmaster(), SIGQUIT)
            try TestSupport.poll("readiness to end", seconds: 30) { try ready() == 503 }
            var replica = try Connection(standby.conninfo(database: "postgres"))
            #expect(try replica.run(.value("SELECT pg_promote()")) == true)
            try TestSupport.poll("readiness to be back", seconds: 30) { try ready() == 200 }
            try poll(20, more: "strategies to be saved again")
        }
        #expect(refused.withLock { $0 } == [503])
        for id in acknowledged.withLock({ $0 }) {
            #expect(try server.client.send("GET", "/api/strategies/\(id)", key: server.key).status == 200)
        }
        #expect(try server.finished(server.backtest(strategy: server.strategy("after")))["status"] == "completed")
        #expect(try processes() == before)
    }
}
