import App
import ArgumentParser
import Glibc
import JSON
import Postgres
import System

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look over this machine: what is missing or wrong, and what to do about it.")

    @Flag(help: "Print JSON instead of a list.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    /// One thing looked at.
    private struct Finding {
        enum State: String { case fine, warning, wrong }
        let name: String
        let state: State
        let detail: String
    }

    func run() throws {
        var findings = configurationFindings()
        findings += programs()
        findings += databaseFindings()
        findings.append(daemon())
        findings.append(disk())
        if json {
            var writer = Writer()
            writer.beginArray()
            for finding in findings {
                writer.beginObject()
                writer.member("name", finding.name)
                writer.member("state", finding.state.rawValue)
                writer.member("detail", finding.detail)
                writer.endObject()
            }
            writer.endArray()
            Console.write(writer.bytes + [10])
        } else {
            Console.say(Console.table(findings.map { [$0.state.rawValue, $0.name, $0.detail] }))
        }
        if findings.contains(where: { $0.state == .wrong }) { throw ExitCode(1) }
    }

    private func configurationFindings() -> [Finding] {
        let misspelt = database.misspeltVariables().map { Finding(name: "configuration", state: .warning, detail: $0) }
        do {
            let configuration = try Configuration(database.environment())
            return [Finding(name: "configuration", state: .fine, detail: "valid")] + misspelt + [signIn(configuration)]
        } catch {
            return [Finding(name: "configuration", state: .wrong, detail: error.problems.joined(separator: "; "))]
                + misspelt
        }
    }

    private func signIn(_ configuration: Configuration) -> Finding {
        guard let party = configuration.relyingParty else {
            return Finding(
                name: "sign-in", state: .warning, detail: "nobody can sign in: PUBLIC_ORIGINS is not set; API keys work"
            )
        }
        return Finding(
            name: "sign-in", state: .fine,
            detail: "passkeys of \(party.id) at \(party.origins.joined(separator: ", ")); "
                + "sign-up: \(configuration.registration.rawValue)")
    }

    /// What a host needs beside our own programs, and where Debian has it.
    private func programs() -> [Finding] {
        let needed: [(name: String, package: String, isRequired: Bool)] = [
            ("nginx", "nginx", true), ("psql", "postgresql-client", false), ("systemctl", "systemd", false),
        ]
        let folders =
            (ProcessEnvironment.variable("PATH") ?? "").split(separator: ":").map(String.init)
            + ["/usr/sbin", "/sbin"]
        return needed.map { program in
            if let folder = folders.first(where: { access($0 + "/" + program.name, X_OK) == 0 }) {
                return Finding(name: program.name, state: .fine, detail: folder + "/" + program.name)
            }
            return Finding(
                name: program.name, state: program.isRequired ? .wrong : .warning,
                detail: "not found; on Debian: apt-get install \(program.package)")
        }
    }

    private func databaseFindings() -> [Finding] {
        guard let configuration = try? database.configuration() else { return [] }
        do {
            var db = try Connection(configuration.databaseURL, SessionSettings(applicationName: "bitstockerz doctor"))
            let version = db.serverVersion / 10_000
            var findings = [
                version >= 15
                    ? Finding(name: "database", state: .fine, detail: "PostgreSQL \(version)")
                    : Finding(name: "database", state: .wrong, detail: "PostgreSQL \(version); 15 or later is needed")
            ]
            findings.append(schema(configuration.migrationsDirectory, &db))
            let isDurable = try db.run(
                Query<Bool>.value(
                    "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"))
            if !isDurable {
                findings.append(
                    Finding(
                        name: "durability", state: .warning,
                        detail: "fsync or synchronous_commit is off: a crash may lose what was acknowledged"))
            }
            return findings
        } catch let error as PostgresError {
            return [Finding(name: "database", state: .wrong, detail: error.message)]
        } catch {
            return [Finding(name: "database", state: .wrong, detail: "\(error)")]
        }
    }

    private func schema(_ directory: String, _ db: inout Connection) -> Finding {
        do {
            let pending = try Migrator(directory: directory).pending(of: &db)
            guard pending.isEmpty else {
                return Finding(
                    name: "schema", state: .wrong,
                    detail: "\(pending.count) migrations are missing: run bitstockerz migrate")
            }
            let (series, bars) = try db.run(
                Query<(Int, Int)>.one(
                    "SELECT count(*), coalesce(sum(count), 0)::int8 FROM bar_series WHERE count > 0"
                ) { row in (try row.next(), try row.next()) })
            return Finding(
                name: "schema", state: series > 0 ? .fine : .warning,
                detail: series > 0
                    ? "up to date; \(series) series with \(bars) bars"
                    : "up to date, but no prices yet: run bitstockerz import")
        } catch let fault as MigrationError {
            return Finding(name: "schema", state: .wrong, detail: fault.message)
        } catch let error as PostgresError {
            return Finding(name: "schema", state: .wrong, detail: error.message)
        } catch {
            return Finding(name: "schema", state: .wrong, detail: "\(error)")
        }
    }

    private func daemon() -> Finding {
        guard let configuration = try? database.configuration() else {
            return Finding(name: "backtestd", state: .warning, detail: "not asked: the configuration is wrong")
        }
        let path = configuration.backtestSocket
        return DaemonClient(configuration).answers()
            ? Finding(name: "backtestd", state: .fine, detail: "answers on \(path)")
            : Finding(
                name: "backtestd", state: .wrong,
                detail: "does not answer on \(path): systemctl status bitstockerz-backtestd")
    }

    private func disk() -> Finding {
        var volume = statvfs()
        guard statvfs("/", &volume) == 0 else {
            return Finding(name: "disk", state: .warning, detail: "free space is unknown")
        }
        let gigabytes = Double(volume.f_bavail) * Double(volume.f_frsize) / 1e9
        return Finding(
            name: "disk", state: gigabytes < 1 ? .warning : .fine,
            detail: Console.decimal(gigabytes, 1) + " GB free on /")
    }
}
