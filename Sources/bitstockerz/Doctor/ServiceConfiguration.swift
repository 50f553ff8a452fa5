import App
import Glibc
import Settings
import System

/// The configuration that the service runs with, as doctor finds it: that of the installation, else of this shell.
struct ServiceConfiguration {
    /// Nil when it is wrong.
    let valid: Configuration?
    /// Files with secrets that the service reads, by their paths.
    let secrets: [String]
    /// Those that root reads for it.
    let credentials: [String]
    let observations: [Observation]

    /// - Parameters:
    ///   - path: the file that systemd reads; used where it is there, together with what drop-ins set.
    ///   - database: given on the command line; wins.
    init(file path: String?, database: DatabaseOptions) {
        var observations: [Observation] = []
        var environment: [String: String]
        var source = "this shell's environment"
        if let path, access(path, F_OK) == 0 {
            source = path
            environment = Self.unitEnvironment()
            do {
                let file = EnvironmentFile(try File.text(of: path, maximumBytes: 1 << 20))
                for line in file.unreadableLines {
                    observations.append(
                        .warning("configuration", "line \(line) of \(path) is no NAME=VALUE", "sudoedit \(path)"))
                }
                for (name, value) in file.variables { environment[name] = value }
                observations += Self.misspelt(file.variables.keys.filter { !Self.isOfLibraries($0) }, true, path)
            } catch {
                observations.append(
                    .wrong("configuration", "\(path) cannot be read: \(error.reason)", "run sudo bitstockerz doctor"))
            }
        } else {
            environment = ProcessEnvironment.variables()
            observations += Self.misspelt(Array(environment.keys), false, source)
        }
        var secrets: [String] = [], credentials: [String] = []
        for variable in Variable.secretFiles where (environment[variable.secretName] ?? "").isEmpty {
            let path = environment[variable.name] ?? variable.standard
            if let source = ServiceUser.sourceOfCredential(path) {
                // What the unit was given is there for no longer than it runs.
                environment[variable.name] = source
                credentials.append(source)
            } else if !path.isEmpty {
                secrets.append(path)
            }
        }
        (self.secrets, self.credentials) = (secrets, credentials)
        do {
            let configuration = try Configuration(database.environment(over: environment))
            valid = configuration
            observations.append(.fine("configuration", "valid, as \(source) has it"))
            observations.append(Self.signIn(configuration))
            if (try? configuration.requiredServerSecret()) == nil {
                let file = Variable.serverSecretFile.standard
                observations.append(
                    .wrong(
                        "secret", "there is no secret of this installation, without which nothing starts",
                        "copy it from the first host, or on the first: "
                            + "(umask 077; openssl rand -hex 32 >\(file)) && systemd-tmpfiles --create"))
            }
        } catch {
            valid = nil
            for problem in error.problems {
                observations.append(
                    .wrong(
                        "configuration", problem,
                        "sudoedit \(path ?? source), then systemctl restart bitstockerz.target"))
            }
        }
        self.observations = observations
    }

    private static func signIn(_ configuration: Configuration) -> Observation {
        guard let party = configuration.relyingParty else {
            return .warning("sign-in", "nobody can sign in, only API keys work", "set \(Variable.publicOrigins)")
        }
        return .fine(
            "sign-in",
            "passkeys of \(party.id) at \(party.origins.joined(separator: ", ")); "
                + "sign-up: \(configuration.registration.rawValue)")
    }

    private static func misspelt(_ names: [String], _ areOurs: Bool, _ source: String) -> [Observation] {
        Variable.misspelt(in: names, areOurs: areOurs).map { written, meant in
            .warning(
                "configuration", "\(written) in \(source) is read by nobody",
                meant.map { "write \($0)" } ?? "remove it, or look for its name in bitstockerz.env.example")
        }
    }

    /// What an operator may set for the libraries we are made of.
    private static func isOfLibraries(_ name: String) -> Bool {
        ["PG", "LC_", "GNUTLS_", "MALLOC_", "SSL_", "LD_", "SWIFT_"].contains { name.hasPrefix($0) }
            || ["LANG", "TZ"].contains(name)
    }

    /// `Environment=` of the unit and its drop-ins.
    static func unitEnvironment() -> [String: String] {
        guard Systemd.isRunning,
            let words = Systemd.properties(["Environment"], of: ["bitstockerz-responder@1.service"]).first?[
                "Environment"]
        else { return [:] }
        // Words that systemctl quotes are quoted as in such a file.
        var file = "", isQuoted = false
        for character in words {
            if character == "\"" { isQuoted.toggle() }
            file.append(character == " " && !isQuoted ? "\n" : character)
        }
        let lines = file.split(separator: "\n").map { line in
            line.first == "\"" ? line.dropFirst().replacing("=", with: "=\"", maxReplacements: 1) : line
        }
        return EnvironmentFile(lines.joined(separator: "\n")).variables
    }
}
