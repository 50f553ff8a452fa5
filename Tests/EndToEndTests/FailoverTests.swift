import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Two real servers, of which the second follows the first as a synchronous streaming replica.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct FailoverTests {
    /// - Parameter isPooled: whether each server has a PgBouncer before it, which ends with its server.
    @Test(arguments: [false, true])
    func `the promoted replica has all that was acknowledged, and everybody finds it`(_ isPooled: Bool) throws {
        let primary = try TestCluster(), standby = try TestCluster(following: primary)
        var poolers = try isPooled ? [primary, standby].map { try TestPooler(before: $0.directory, sessions: 4) } : []
        // Another PgBouncer may have the second one's place.
        let second = standby.directory + "/pooler"
        func give(_ pooler: TestPooler) throws {
            try? FileManager.default.removeItem(atPath: second)
            try FileManager.default.createSymbolicLink(atPath: second, withDestinationPath: pooler.directory)
        }
        if isPooled { try give(poolers[1]) }
        defer {
            for pooler in poolers { pooler.stop() }
            standby.stop()
            primary.stop()
        }
        var admin = try Connection(primary.conninfo(database: "postgres"))
        try admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try admin.execute("SELECT pg_reload_conf()")
        try poll("the replica to be waited for", seconds: 20) {
            try admin.run(.value("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) == 1
        }
        func either(_ folders: [String], _ more: String = "") -> String {
            "host=\(folders.joined(separator: ","))\(more) dbname=postgres user=bitstockerz target_session_attrs=read-write"
        }
        let direct = either([primary.directory, standby.directory])
        let server = try TestServer(
            environment: isPooled
                ? [
                    "DATABASE_URL": either([poolers[0].directory, second], " port=6432"),
                    "DATABASE_POOLER": "transaction",
                    "DATABASE_DIRECT_URL": direct,
                ] : ["DATABASE_URL": direct])
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
            poolers.first?.stop()
            try TestSupport.poll("readiness to end", seconds: 30) { try ready() == 503 }
            var replica = try Connection(standby.conninfo(database: "postgres"))
            #expect(try replica.run(.value("SELECT pg_promote()")) == true)
            if isPooled {
                // The old one goes on saying that its server is a replica.
                poolers[1].stop()
                poolers[1] = try TestPooler(before: standby.directory, sessions: 4)
                try give(poolers[1])
            }
            try TestSupport.poll("readiness to be back", seconds: 30) { try ready() == 200 }
            try poll(20, more: "strategies to be saved again")
        }
        #expect(refused.withLock { $0 } == [503])
        for id in acknowledged.withLock({ $0 }) {
            #expect(try server.client.send("GET", "/api/strategies/\(id)", key: server.key).status == 200)
        }
        #expect(try server.finished(server.backtest(strategy: server.strategy("after")))["status"] == "completed")
        #expect(try processes() == before)
        guard isPooled else { return }
        // A pooler goes on when its server becomes a replica, which takes nothing any more.
        var promoted = try Connection(standby.conninfo(database: "postgres"))
        func save(_ name: String) throws -> Int {
            try server.client.send(
                "POST", "/api/strategies", key: server.key,
                json: TestStrategy.draft(name: name, assetType: "EQUITY", timeframe: "1d"), seconds: 30
            ).status
        }
        try promoted.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        try promoted.execute("SELECT pg_reload_conf()")
        var seen: Set<Int> = []
        try poll("nothing to be saved", seconds: 20) {
            seen.insert(try save("refused \(seen.count)"))
            return seen.contains(503)
        }
        try promoted.execute("SET default_transaction_read_only = off")
        try promoted.execute("ALTER SYSTEM RESET default_transaction_read_only")
        try promoted.execute("SELECT pg_reload_conf()")
        try poll("it to be saved", seconds: 20) { try save("taken again") == 201 }
    }
}
