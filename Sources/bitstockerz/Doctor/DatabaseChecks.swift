import App
import Glibc
import Jobs
import Market
import Postgres
import Settings
import Supervision
import System

/// The database as the service reaches it: as its user, with its configuration.
struct DatabaseChecks {
    private static let user = "bitstockerz"

    let configuration: Configuration

    func observations() -> [Observation] {
        // Peer authentication knows the user who connects; root can be any.
        let isRoot = geteuid() == 0
        if isRoot, let user = SystemUser(named: Self.user) { seteuid(user.id) }
        var observations: [Observation]
        do throws(PostgresError) {
            var db = try Connection(
                configuration.databaseDirectURL,
                SessionSettings(
                    applicationName: "bitstockerz doctor", connectTimeoutSeconds: 5,
                    statementTimeoutMilliseconds: Configuration.patientStatementMilliseconds))
            observations = try ask(&db)
        } catch {
            observations = [unreachable(error)]
        }
        if isRoot { seteuid(0) }
        return observations
    }

    private func unreachable(_ error: PostgresError) -> Observation {
        // A server without that data knows not even UTC.
        if error.message.contains("\"TimeZone\"") { return noTimeZones }
        let remedy =
            if error.message.contains("does not exist") {
                "sudo -u postgres createuser bitstockerz && sudo -u postgres createdb -T template0 -E UTF8 -O bitstockerz bitstockerz"
            } else {
                "systemctl start postgresql, or mend \(Variable.databaseURL)"
            }
        return .wrong("database", "not reachable: " + error.message, remedy)
    }

    private var noTimeZones: Observation {
        .wrong(
            "time zones", "the database's host has no time zone data",
            "apt-get install --reinstall tzdata there, then systemctl restart postgresql")
    }

    private func ask(_ db: inout Connection) throws(PostgresError) -> [Observation] {
        let version = db.serverVersion / 10_000
        guard version >= Migrator.oldestServer else {
            return [
                .wrong(
                    "database", "PostgreSQL \(version) is too old: \(Migrator.oldestServer) or later is needed",
                    "install a newer one and move the cluster with pg_upgradecluster")
            ]
        }
        if let pooler = try misplacedPooler() { return [pooler] }
        var observations = [Observation.fine("database", "PostgreSQL \(version)")]
        if configuration.databasePooler != .none { observations.append(pooler()) }
        func look(_ name: String, _ body: () throws -> [Observation]) {
            do { observations += try body() } catch {
                observations.append(
                    .wrong(
                        name, "the database refused: \(error)",
                        "journalctl -u 'postgresql@*' and /var/log/postgresql say more"))
            }
        }
        look("encoding") {
            let encoding = try db.run(Query<String>.value("SELECT current_setting('server_encoding')"))
            if encoding == "UTF8" { return [] }
            return [
                .wrong(
                    "encoding", "the database keeps its text as \(encoding), not UTF8",
                    "pg_dump it and restore it into one made with createdb -T template0 -E UTF8")
            ]
        }
        look("durability") {
            let isDurable = try db.run(
                Query<Bool>.value(
                    "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"))
            if isDurable { return [] }
            return [
                .warning(
                    "durability", "fsync or synchronous_commit is off, so a crash may lose what was acknowledged",
                    "turn both on in postgresql.conf")
            ]
        }
        look("clock") { [try clock(&db)] }
        look("time zones") { [try timeZones(&db)] }
        look("schema") { try schema(&db) }
        look("jobs") { try jobs(&db) }
        look("database volume") { try volume(&db) }
        return observations
    }

    /// A pooler where Postgres itself is to be: what the other checks find there would be about nothing.
    private func misplacedPooler() throws(PostgresError) -> Observation? {
        guard try meetsPooler(at: configuration.databaseDirectURL) else { return nil }
        if configuration.databasePooler != .none {
            return .wrong(
                "pooler", "a pooler answers at \(Variable.databaseDirectURL), too", "name Postgres itself there")
        }
        return .wrong(
            "pooler", "a pooler answers at \(Variable.databaseURL), and nobody has said so",
            "set \(Variable.databasePooler)=transaction and, past the pooler, \(Variable.databaseDirectURL)")
    }

    private func pooler() -> Observation {
        do throws(PostgresError) {
            if try meetsPooler(at: configuration.databaseURL) {
                return .fine("pooler", "answers at \(Variable.databaseURL)")
            }
            return .warning(
                "pooler", "\(Variable.databasePooler) is set, but Postgres itself answers at \(Variable.databaseURL)",
                "name the pooler there, or take \(Variable.databasePooler) and \(Variable.databaseDirectURL) away")
        } catch {
            return .wrong(
                "pooler", "not reachable: \(error.message)",
                "systemctl start pgbouncer, or mend \(Variable.databaseURL)")
        }
    }

    private func meetsPooler(at url: String) throws(PostgresError) -> Bool {
        var db = try Connection(url, SessionSettings(applicationName: "bitstockerz doctor", isPooled: true))
        return try db.meetsPooler()
    }

    /// The data directory is where every process of the server is: that of this session, which is still open, too. Only
    /// root may look.
    private func volume(_ db: inout Connection) throws -> [Observation] {
        let backend = try db.run(
            Query<Int?>.value("SELECT CASE WHEN inet_server_addr() IS NULL THEN pg_backend_pid() END"))
        guard let backend, getuid() == 0 else { return [] }
        seteuid(0)
        return Volume(at: "/proc/\(backend)/cwd").map { [$0.observation("database volume")] } ?? []
    }

    private func clock(_ db: inout Connection) throws -> Observation {
        let before = SystemClock.unixMicroseconds()
        let there = try db.run(Query<Int>.value("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8"))
        let after = SystemClock.unixMicroseconds()
        let offset = Double(Int64(there) - (before + after) / 2) / 1e6
        if abs(offset) <= 1 { return .fine("clock", "agrees with the database's") }
        return .wrong(
            "clock",
            "the database's clock is \(Console.decimal(abs(offset), 1)) s \(offset > 0 ? "ahead of" : "behind") this host's",
            "timedatectl set-ntp true on both")
    }

    private func timeZones(_ db: inout Connection) throws -> Observation {
        let isThere =
            try db.run(
                Query<Bool>.value("SELECT EXISTS (SELECT 1 FROM pg_timezone_names WHERE name = 'America/New_York')"))
        return isThere ? .fine("time zones", "the database knows them") : noTimeZones
    }

    private func schema(_ db: inout Connection) throws -> [Observation] {
        let pending: [Migration]
        do {
            pending = try Migrator(directory: configuration.migrationsDirectory).pending(of: &db)
        } catch let error as MigrationError {
            let remedy =
                error.kind == .newer
                ? "install the release that the other hosts have"
                : "make install again, from the release that is to run"
            return [.wrong("schema", error.message, remedy)]
        }
        guard pending.isEmpty else {
            return [
                .wrong(
                    "schema", Migrator.unapplied(pending.count, first: pending[0].fileName),
                    "systemctl restart bitstockerz-migrate")
            ]
        }
        let (series, bars) = try db.run(
            Query<(Int, Int)>.one("SELECT count(*), coalesce(sum(count), 0)::int8 FROM bar_series WHERE count > 0") {
                row in
                (try row.next(), try row.next())
            })
        let schema =
            series > 0
            ? Observation.fine("schema", "up to date; \(series) series with \(counted(bars, "bar"))")
            : .warning("schema", "up to date, but there are no prices yet", "bitstockerz import")
        return [schema, try audit(&db)]
    }

    private func audit(_ db: inout Connection) throws -> Observation {
        guard let secret = try? configuration.requiredServerSecret() else {
            return .warning("audit trail", "not verified without the secret", "see above")
        }
        let trail = AuditTrail(secret.auditKey)
        guard try trail.isOurs(in: &db) else {
            return .wrong(
                "secret", ForeignSecret.sentence, ForeignSecret.remedy + ", then systemctl restart bitstockerz.target")
        }
        let found = try trail.verify(in: &db)
        guard let first = found.faults.first else {
            return .fine("audit trail", "\(counted(found.events, "event")), none changed")
        }
        return .wrong(
            "audit trail", first.sentence,
            "restore a backup beside it and compare; sudo bitstockerz audit verify says more")
    }

    /// Whoever does jobs holds its name in the database.
    private func jobs(_ db: inout Connection) throws -> [Observation] {
        try [
            ("backtestd", Variable.backtestName, configuration.backtestName),
            ("worker", Variable.workerName, configuration.workerName),
        ].map { program, variable, name in
            let attendance = try db.run(Queue.attendance(of: program, name: name))
            if attendance.processes > attendance.names {
                return .wrong(
                    program,
                    "\(attendance.processes) of them are there, and for want of a name only \(attendance.names) do jobs",
                    "give each host a \(variable) of its own")
            }
            guard attendance.isNameHeld else {
                return .wrong(
                    program, "nobody does jobs under the name \(name)",
                    "systemctl restart bitstockerz-\(program), and journalctl -u bitstockerz-\(program) -p err")
            }
            return .fine(program, "does jobs under the name \(name)")
        }
    }
}
