import Crypto
import Daemon
import Jobs
import Postgres
import WebAuthn

/// Reads variables and remembers what is wrong with them; a value that cannot be used is replaced by its default, so
/// that one mistake does not hide the next.
struct ConfigurationSource {
    typealias Variable = Configuration.Variable

    private let variables: [String: String]
    let readFile: (String) -> String?
    var problems: [String] = []
    /// What is in force, as people may see it.
    private(set) var effective: [Variable: String] = [:]

    init(_ variables: [String: String], _ readFile: @escaping (String) -> String?) {
        self.variables = variables
        self.readFile = readFile
    }

    /// Says what is in force where that is not what was written.
    mutating func show(_ variable: Variable, _ value: String) { effective[variable] = value }

    func isSet(_ name: String) -> Bool { variables[name]?.isEmpty == false }

    mutating func text(_ variable: Variable) -> String { text(variable, variable.standard) }

    mutating func text(_ variable: Variable, _ fallback: String) -> String {
        let value = isSet(variable.name) ? variables[variable.name]! : fallback
        effective[variable] = value
        return value
    }

    /// A secret that is in the environment or in the file that the variable names.
    mutating func secret(_ file: Variable, _ fallback: String = "") -> String {
        let name = file.secretName
        var value = isSet(name) ? variables[name]! : fallback
        if isSet(file.name), let path = variables[file.name] {
            if isSet(name) { problems.append("\(name) and \(file) are both set: keep one") }
            if let kept = readFile(path) {
                value = kept
            } else {
                problems.append("\(file) names \(path), which cannot be read")
                value = fallback
            }
        }
        effective[file] = value.isEmpty ? "" : "***"
        return value
    }

    /// The way to Postgres itself, which has to be told apart from that of requests as soon as a pooler is on that one.
    mutating func directURL(_ databaseURL: String, _ pooler: Configuration.Pooler) -> String {
        let variable = Variable.databaseDirectURL, url = secret(.databaseDirectURLFile, text(variable))
        if pooler == .none {
            if !url.isEmpty {
                problems.append(
                    "\(variable) is set, but \(Variable.databasePooler) is not: set that to transaction, or give "
                        + "\(Variable.databaseURL) alone")
            }
            return databaseURL
        }
        if url.isEmpty {
            problems.append(
                "\(Variable.databasePooler)=\(pooler.rawValue) needs \(variable), the way to Postgres itself past the "
                    + "pooler of \(Variable.databaseURL)")
        }
        return url
    }

    /// Never in libpq's words, which quote what stands there.
    mutating func checkConnection(_ variable: Variable, _ text: String) {
        guard !ConnectionString.isUnderstood(text) else { return }
        problems.append(
            "\(variable) is no connection string of PostgreSQL: write NAME=VALUE pairs, values with blanks in '...', or "
                + "postgres://USER:PASSWORD@HOST:PORT/NAME, where a password has / @ : % as %2F %40 %3A %25")
    }

    /// - Parameter standard: what stands for it where it is not set, if not its standard.
    mutating func integer(_ variable: Variable, _ range: ClosedRange<Int>, _ standard: Int? = nil) -> Int {
        let fallback = standard.map(String.init) ?? variable.standard
        let written = text(variable, fallback)
        guard let value = Int(written), range.contains(value) else {
            problems.append(
                "\(variable) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(written)\""
            )
            return Int(fallback) ?? range.lowerBound
        }
        return value
    }

    mutating func choice<T: RawRepresentable & CaseIterable>(_ variable: Variable, _ type: T.Type) -> T
    where T.RawValue == String {
        let written = text(variable)
        guard let value = T(rawValue: written) else {
            problems.append(
                "\(variable) must be one of \(T.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(written)\"")
            return T(rawValue: variable.standard) ?? T.allCases.first!
        }
        return value
    }

    mutating func name(_ name: Variable, _ fallback: String) -> String {
        let written = text(name, fallback)
        let isName =
            written.utf8.count <= 63 && written.utf8.allSatisfy { ($0 > 32 && $0 < 127) && $0 != UInt8(ascii: "/") }
        guard isName else {
            problems.append("\(name) must be 1 to 63 printable ASCII characters without a slash, not \"\(written)\"")
            return "localhost"
        }
        return written
    }

    mutating func absolutePath(_ name: Variable) -> String {
        let written = text(name)
        if written.utf8.first != UInt8(ascii: "/") {
            problems.append("\(name) must be an absolute path, not \"\(written)\"")
        }
        return written
    }

    mutating func metricsToken() -> MetricsToken? {
        let written = secret(.metricsTokenFile)
        if written.isEmpty { return nil }
        guard let token = MetricsToken(written) else {
            problems.append(
                "\(Variable.metricsTokenFile.secretName) must have 16 to 256 letters, digits and -._~+/=: "
                    + "openssl rand -hex 32")
            return nil
        }
        return token
    }

    mutating func socketPath(_ name: Variable) -> String {
        let written = absolutePath(name)
        if written.utf8.count > 107 {
            problems.append(
                "\(name) is \(written.utf8.count) bytes long; the system takes at most 107 for a Unix socket")
        }
        return written
    }

    mutating func relyingParty() -> RelyingParty? {
        let origins = text(.publicOrigins), id = text(.relyingPartyID)
        if origins.isEmpty {
            if !id.isEmpty {
                problems.append("\(Variable.relyingPartyID) is set, but \(Variable.publicOrigins) is not")
            }
            return nil
        }
        guard let party = RelyingParty.read(origins: origins, id: id, problems: &problems) else { return nil }
        show(.publicOrigins, party.origins.joined(separator: ","))
        show(.relyingPartyID, party.id)
        return party
    }

    /// The makers of authenticators that are let in; nil for all.
    mutating func trustAnchors() -> TrustAnchors? {
        let name = Variable.attestationAnchorsFile, path = text(name)
        if path.isEmpty { return nil }
        guard let text = readFile(path) else {
            problems.append("\(name) names \(path), which cannot be read")
            return nil
        }
        guard let anchors = TrustAnchors(pem: Array(text.utf8)) else {
            problems.append("\(name) names \(path), which is not a list of certificates (PEM)")
            return nil
        }
        return anchors
    }

    mutating func serverSecret(isNeeded: Bool) -> ServerSecret? {
        let variable = Variable.serverSecretFile, name = variable.secretName
        let written = secret(variable)
        if written.isEmpty {
            // A file that was named and cannot be read has been reported.
            if isSet(variable.name) { return nil }
            guard let kept = readFile(variable.standard), let secret = ServerSecret(kept) else {
                if isNeeded {
                    problems.append(
                        "\(name) is needed for signing in: openssl rand -hex 32 into \(variable.standard), "
                            + "or name another file in \(variable)")
                }
                return nil
            }
            show(variable, "***")
            return secret
        }
        guard let secret = ServerSecret(written) else {
            problems.append("\(name) must have at least 32 characters: openssl rand -hex 32")
            return nil
        }
        return secret
    }

    mutating func testLease(_ environment: Configuration.Environment) -> Int {
        guard isSet(Variable.testLease.name), environment != .test else { return integer(.testLease, 500...600_000) }
        problems.append("\(Variable.testLease) is refused unless \(Variable.environment)=test")
        return Int(Queue.leaseSeconds * 1_000)
    }

    mutating func testPause(_ environment: Configuration.Environment) -> Configuration.TestPause? {
        let stage = Variable.testPauseStage, duration = Variable.testPause
        guard isSet(stage.name) || isSet(duration.name) else { return nil }
        guard environment == .test else {
            problems.append("\(stage) and \(duration) are refused unless \(Variable.environment)=test")
            return nil
        }
        return Configuration.TestPause(
            stage: isSet(stage.name) ? choice(stage, Configuration.Stage.self) : .computed,
            milliseconds: integer(duration, 0...600_000))
    }
}
