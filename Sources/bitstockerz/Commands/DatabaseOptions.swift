import App
import ArgumentParser
import Glibc
import Postgres
import Settings
import System

/// Where the database is: the option, else `DATABASE_URL` of the environment.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help:
            "Connection string or URL of the database; default: \(Variable.databaseURL), else \(Variable.databaseURL.standard)."
    )
    var database: String?

    /// The configuration of the environment with this option applied. Root is the service's user from here on
    /// (``ServiceUser``): files that only root can read are opened before.
    ///
    /// - Throws: exit code 78 after naming every mistake.
    func configuration() throws -> Configuration {
        try ServiceUser.become()
        do { return try Configuration(environment()) } catch {
            for problem in error.problems { Console.complain(problem) }
            throw ExitCode(ExitStatus.configuration)
        }
    }

    /// The environment with this option applied.
    func environment(over variables: [String: String] = ProcessEnvironment.variables()) -> [String: String] {
        var environment = variables
        if let database {
            for variable in [
                Variable.databaseURLFile, .databasePooler, .databaseDirectURL, .databaseDirectURLFile,
            ] {
                environment[variable.name] = nil
            }
            environment[Variable.databaseURL.name] = database
        }
        return environment
    }

    /// One sentence for each variable of the environment that looks like one of ours and is read by nobody.
    func misspeltVariables() -> [String] {
        Variable.misspelt(in: environment().keys, areOurs: false).map { written, meant in
            "\(written) is read by nobody" + (meant.map { ": is \($0) meant?" } ?? "")
        }
    }

    /// An open session for admin work.
    ///
    /// - Parameter name: of another database on the same server.
    /// - Throws: exit code 69 after saying why there is none.
    func connect(named name: String? = nil) throws -> Connection {
        let configuration = try configuration()
        do {
            return try Connection(
                configuration.databaseDirectURL,
                SessionSettings(
                    applicationName: "bitstockerz", database: name,
                    statementTimeoutMilliseconds: Configuration.patientStatementMilliseconds))
        } catch {
            let remedy = name.map { "; an empty one is made by createdb -T template0 -E UTF8 -O bitstockerz \($0)" }
            throw Console.fail(
                "the database is not reachable: \(error.message)\(remedy ?? "")", ExitStatus.unavailable)
        }
    }

    /// Runs `body` with a session; database errors become one line and exit code 69, faults of the audit trail exit code 1.
    func withDatabase<T>(named name: String? = nil, _ body: (inout Connection) throws -> T) throws -> T {
        var connection = try connect(named: name)
        do { return try body(&connection) } catch let error as PostgresError {
            throw Console.fail(Self.sentence(for: error), ExitStatus.unavailable)
        } catch let error as AuditError {
            let remedy = error.kind == .secret ? ForeignSecret.remedy : "bitstockerz audit verify says more"
            throw Console.fail("the audit trail does not hold (\(remedy)): \(error.sentence)", EXIT_FAILURE)
        }
    }

    private static func sentence(for error: PostgresError) -> String {
        if case .other("42P01") = error.code { return "the database has no schema yet: run bitstockerz migrate first" }
        return "the database refused: \(error.message)"
    }
}
