import System
import Testing

@testable import App

@Suite struct ConfigurationTests {
    @Test func `an empty environment gives the documented defaults`() throws {
        let configuration = try Configuration([:])
        #expect(configuration.environment == .production)
        #expect(configuration.databaseURL == "dbname=bitstockerz")
        #expect(configuration.backtestSocket == "/run/bitstockerz/backtestd.sock")
        #expect(configuration.responders == 4)
        #expect(configuration.testPause == nil)
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 2), (5, 4), (64, 4)])
    func `backtests leave a processor to others`(processors: Int, workers: Int) throws {
        #expect(Configuration.standardBacktestWorkers(processors: processors) == workers)
    }

    @Test func `how many backtests are computed at once is shown, and can be chosen`() throws {
        let own = Configuration.standardBacktestWorkers(processors: Processors.count)
        for (written, workers) in [(nil, own), ("", own), ("7", 7)] as [(String?, Int)] {
            let configuration = try Configuration(written.map { ["BACKTESTD_WORKERS": $0] } ?? [:])
            #expect(configuration.backtestWorkers == workers)
            #expect(configuration.effective.first { $0.name == "BACKTESTD_WORKERS" }?.value == "\(workers)")
        }
        let refusal = #expect(throws: Configuration.Refusal.self) { try Configuration(["BACKTESTD_WORKERS": "0"]) }
        #expect(refusal?.problems.count == 1)
    }

    @Test func `the example shows every variable with its default, and nothing else`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let example = try File.text(of: "/\(root)/systemd/bitstockerz.env.example", maximumBytes: 1 << 20)
        let shown = example.split(separator: "\n").filter { line in
            let name = line.dropFirst().prefix { $0 != "=" }
            return line.first == "#" && line.contains("=") && name.allSatisfy { $0.isUppercase || $0 == "_" }
        }
        #expect(shown.map { String($0.dropFirst()) } == Configuration.Variable.allCases.map(\.rawValue))
    }

    @Test(arguments: [
        ("/usr/bin/bitstockerz", "/usr/share/bitstockerz"),
        ("/usr/local/bin/bitstockerz", "/usr/local/share/bitstockerz"),
        ("/opt/x/libexec/bitstockerz/responder", "/opt/x/share/bitstockerz"),
        ("/home/ada/code/.build/debug/bitstockerz", "/usr/share/bitstockerz"), ("", "/usr/share/bitstockerz"),
    ])
    func `files are looked for where the program was installed`(_ program: String, _ share: String) {
        #expect(InstalledFiles.share(ofProgram: program) == share)
    }

    @Test(arguments: [
        ("RESPONDER", "RESPONDERS"), ("DATABASE_URl", "DATABASE_URL"), ("PUBLIC_ORIGIN", "PUBLIC_ORIGINS"),
        ("BACKTESTD_WROKERS", "BACKTESTD_WORKERS"), ("GOOGLE_CLIENT_SECERT", "GOOGLE_CLIENT_SECRET"),
        ("responders", "RESPONDERS"), ("QUOTA_EVERYTHING", nil), ("RATE_LIMIT_LOGINS", nil),
    ])
    func `a misspelt variable is found, with what was meant`(written: String, meant: String?) throws {
        let others = ["PATH", "HOME", "LANG", "TZ", "LOGNAME", "PGHOST", "LISTEN_FDS", "XDG_DATA_DIRS", "REGISTRY"]
        let right = Configuration.Variable.allCases.map(\.name) + ["SERVER_SECRET", "GOOGLE_CLIENT_SECRET"]
        let found = Configuration.Variable.misspelt(in: others + [written] + right, areOurs: false)
        #expect(found.map(\.written) == [written])
        #expect(found.first?.meant == meant)
    }

    @Test func `in our own file every unknown variable is found`() {
        let found = Configuration.Variable.misspelt(in: ["RESPONDERS", "COLOUR"], areOurs: true)
        #expect(found.map(\.written) == ["COLOUR"] && found.first?.meant == nil)
    }

    @Test func `every mistake is reported at once`() throws {
        let environment = [
            "ENVIRONMENT": "staging", "RESPONDERS": "none", "REQUEST_TIMEOUT_MS": "0",
            "BACKTESTD_SOCKET": "relative.sock",
            "DATABASE_URL_FILE": "/nowhere/at/all", "BACKTESTD_NAME": "a/b",
        ]
        let refusal = try #require(throws: Configuration.Refusal.self) { try Configuration(environment) { _ in nil } }
        for name in environment.keys {
            #expect(refusal.problems.contains { $0.hasPrefix(name) }, "nothing said about \(name)")
        }
    }

    @Test(arguments: ["DATABASE_STATEMENT_TIMEOUT_MS", "BACKTEST_INLINE_WAIT_MS"])
    func `what a request waits for must end before it does`(_ name: String) throws {
        let refusal = try #require(throws: Configuration.Refusal.self) {
            try Configuration([name: "20000", "REQUEST_TIMEOUT_MS": "20000"])
        }
        #expect(refusal.problems.count == 1 && refusal.problems[0].hasPrefix(name))
    }

    @Test func `a request is given up before nginx and systemd give up its responder`() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        /// The seconds of a line that begins so.
        func seconds(_ path: String, _ beginning: String) throws -> Int {
            let lines = try File.text(of: "\(root)/\(path)", maximumBytes: 1 << 20).split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix(beginning) }, "\(path) has no \(beginning)")
            return try #require(Int(line.dropFirst(beginning.count).prefix { $0.isWholeNumber }))
        }
        let maximum = Configuration.requestTimeouts.upperBound
        let refusal = try #require(throws: Configuration.Refusal.self) {
            try Configuration(["REQUEST_TIMEOUT_MS": "\(maximum + 1)"])
        }
        #expect(refusal.problems.count == 1)
        let longest = try Configuration([
            "REQUEST_TIMEOUT_MS": "\(maximum)", "DATABASE_STATEMENT_TIMEOUT_MS": "\(maximum - 1)",
        ])
        #expect(longest.databaseStatementTimeoutMilliseconds < longest.requestTimeoutMilliseconds)
        for wait in ["fastcgi_read_timeout ", "fastcgi_send_timeout "] {
            let nginx = try seconds("nginx/fastcgi.conf", wait)
            #expect(longest.requestTimeoutMilliseconds < nginx * 1_000)
            for pool in ["responder", "outbound"] {
                let unit = "systemd/bitstockerz-\(pool)@.service"
                #expect(try nginx < seconds(unit, "WatchdogSec="))
                #expect(try longest.requestTimeoutMilliseconds < seconds(unit, "TimeoutStopSec=") * 1_000)
            }
        }
    }

    @Test func `a secret comes from its file`() throws {
        let configuration = try Configuration(["DATABASE_URL_FILE": "/run/credentials/url"]) { path in
            path == "/run/credentials/url" ? "postgres://u:secret@/db" : nil
        }
        #expect(configuration.databaseURL == "postgres://u:secret@/db")
    }

    @Test func `what needs a session of its own goes past the pooler, and must be told the way`() throws {
        let direct = "host=/run/postgresql password=hunter2"
        let pooled = try Configuration([
            "DATABASE_URL": "port=6432", "DATABASE_POOLER": "transaction", "DATABASE_DIRECT_URL": direct,
        ])
        #expect(pooled.databaseURL == "port=6432" && pooled.databaseDirectURL == direct)
        #expect(pooled.databasePooler == .transaction)
        let shown = pooled.effective.first { $0.name == "DATABASE_DIRECT_URL" }?.value
        #expect(shown == "host=/run/postgresql password=***")
        let byFile = ["DATABASE_POOLER": "transaction", "DATABASE_DIRECT_URL_FILE": "/run/credentials/direct"]
        #expect(try Configuration(byFile) { _ in direct }.databaseDirectURL == direct)
        #expect(try Configuration(["DATABASE_URL": "dbname=x"]).databaseDirectURL == "dbname=x")
        for half in [["DATABASE_POOLER": "transaction"], ["DATABASE_DIRECT_URL": direct]] {
            let refusal = try #require(throws: Configuration.Refusal.self) { try Configuration(half) }
            #expect(refusal.problems.count == 1 && !refusal.problems[0].contains("hunter2"))
        }
    }

    @Test(arguments: [
        "postgres://u:hunter2/x@h/db", "password=hunter2 two", "postgres://u:100%hunter2@h/db", "password='hunter2",
    ])
    func `a connection string that libpq would quote in its complaint is refused without a word of it`(
        _ written: String
    ) throws {
        for environment in [
            ["DATABASE_URL": written], ["DATABASE_URL_FILE": "/run/url"],
            ["DATABASE_URL": "port=6432", "DATABASE_POOLER": "transaction", "DATABASE_DIRECT_URL": written],
        ] {
            let refusal = try #require(throws: Configuration.Refusal.self) {
                try Configuration(environment) { $0 == "/run/url" ? written : nil }
            }
            #expect(refusal.problems.count == 1)
            #expect(refusal.problems[0].contains("is no connection string of PostgreSQL"))
            #expect(!refusal.problems[0].contains("hunter"))
        }
        #expect(Configuration.masked(written) == "***")
    }

    @Test func `a secret given twice is refused`() throws {
        let refusal = try #require(throws: Configuration.Refusal.self) {
            try Configuration(["DATABASE_URL": "a", "DATABASE_URL_FILE": "b"]) { $0 == "b" ? "c" : nil }
        }
        #expect(refusal.problems.count == 1)
    }

    @Test func `the server's secret comes from where it is said, else from the installation's file`() throws {
        let digits = String(repeating: "0f", count: 32)
        let files = [
            Configuration.Variable.serverSecretFile.standard: digits,
            "/run/credentials/key": String(repeating: "aa", count: 32),
        ]
        let installed = try Configuration([:]) { files[$0] }
        #expect(installed.serverSecret == ServerSecret(digits))
        #expect(installed.effective.first { $0.name == "SERVER_SECRET" }?.value == "***")
        #expect(
            try Configuration(["SERVER_SECRET_FILE": "/run/credentials/key"]) { files[$0] }.serverSecret
                != installed.serverSecret)
        #expect(try Configuration(["SERVER_SECRET": digits]) { _ in nil }.serverSecret == installed.serverSecret)
        let none = try Configuration([:]) { _ in nil }
        #expect(none.serverSecret == nil)
        #expect(throws: Configuration.Refusal.self) { try none.requiredServerSecret() }
    }

    @Test func `keys for different purposes differ`() throws {
        let key = try #require(ServerSecret(String(repeating: "0f", count: 32)))
        #expect(key.key(for: "audit") != key.key(for: "other"))
    }

    @Test func `a lease of another length is refused outside tests`() throws {
        let lease = ["BACKTESTD_TEST_LEASE_MS": "1500"]
        #expect(throws: Configuration.Refusal.self) { try Configuration(lease) }
        #expect(try Configuration(lease.merging(["ENVIRONMENT": "test"]) { $1 }).backtestLeaseMilliseconds == 1_500)
        #expect(try Configuration([:]).backtestLeaseMilliseconds == 30_000)
    }

    @Test func `the test pause is refused outside tests`() throws {
        let pause = ["BACKTESTD_TEST_PAUSE_STAGE": "computed", "BACKTESTD_TEST_PAUSE_MS": "500"]
        #expect(throws: Configuration.Refusal.self) { try Configuration(pause) }
        let configuration = try Configuration(pause.merging(["ENVIRONMENT": "test"]) { $1 })
        #expect(configuration.testPause == Configuration.TestPause(stage: .computed, milliseconds: 500))
    }

    @Test(arguments: [
        ("postgres://bob:hunter2@db/app", "postgres://bob:***@db/app"),
        ("host=/run user=bob password=hunter2 dbname=app", "host=/run user=bob password=*** dbname=app"),
        ("password='hunter 2' dbname=app", "password='***' dbname=app"),
        ("postgres:///app?host=/run&password=hunter2&user=bob", "postgres:///app?host=/run&password=***&user=bob"),
        ("dbname=bitstockerz", "dbname=bitstockerz"),
        ("password = 'hunter 2' user = bob", "password = '***' user = bob"),
        ("password='hun\\'ter 2' user=bob", "password='***' user=bob"),
        ("password=hunter\\ 2&3 user=bob", "password=*** user=bob"),
        ("passfile=/etc/x dbname=password", "passfile=/etc/x dbname=password"),
        (
            "postgres://bob:hunter2@db/app?sslpassword=two&user=bob",
            "postgres://bob:***@db/app?sslpassword=***&user=bob"
        ),
        ("password", "password"), ("password=", "password=***"),
    ])
    func `passwords are masked`(_ written: String, _ shown: String) throws {
        let configuration = try Configuration(["DATABASE_URL": written])
        #expect(configuration.effective.first { $0.name == "DATABASE_URL" }?.value == shown)
    }
}
