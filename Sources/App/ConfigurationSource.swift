import Crypto
import Daemon
import Jobs
import WebAuthn

/// Reads variables and remembers what is wrong with them; a value that cannot be used is replaced by its default, so
/// that one mistake does not hide the next.
struct ConfigurationSource {
    let variables: [String: String]
    let readFile: (String) -> String?
    var problems: [String] = []

    init(_ variables: [String: String], _ readFile: @escaping (String) -> String?) {
        self.variables = variables
        self.readFile = readFile
    }

    func text(_ name: String, _ fallback: String) -> String {
        guard let value = variables[name], !value.isEmpty else { return fallback }
        return value
    }

    mutating func secret(_ name: String, _ fallback: String) -> String {
        guard let path = variables[name + "_FILE"], !path.isEmpty else { return text(name, fallback) }
        if let value = variables[name], !value.isEmpty {
            problems.append("\(name) and \(name)_FILE are both set: keep one")
        }
        guard let value = readFile(path) else {
            problems.append("\(name)_FILE names \(path), which cannot be read")
            return fallback
        }
        return value
    }

    mutating func integer(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
        guard let written = variables[name], !written.isEmpty else { return fallback }
        guard let value = Int(written), range.contains(value) else {
            problems.append(
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(written)\"")
            return fallback
        }
        return value
    }

    mutating func choice<T: RawRepresentable & CaseIterable>(_ name: String, _ type: T.Type, _ fallback: String) -> T
    where T.RawValue == String {
        let written = text(name, fallback)
        guard let value = T(rawValue: written) else {
            problems.append(
                "\(name) must be one of \(T.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(written)\"")
            return T(rawValue: fallback)!
        }
        return value
    }

    mutating func name(_ name: String, _ fallback: String) -> String {
        let written = text(name, fallback)
        let isName =
            written.utf8.count <= 63 && written.utf8.allSatisfy { ($0 > 32 && $0 < 127) && $0 != UInt8(ascii: "/") }
        guard isName else {
            problems.append("\(name) must be 1 to 63 printable ASCII characters without a slash, not \"\(written)\"")
            return "localhost"
        }
        return written
    }

    mutating func socketPath(_ name: String, _ fallback: String) -> String {
        let written = text(name, fallback)
        if written.utf8.first != UInt8(ascii: "/") {
            problems.append("\(name) must be an absolute path, not \"\(written)\"")
        }
        if written.utf8.count > 107 {
            problems.append(
                "\(name) is \(written.utf8.count) bytes long; the system takes at most 107 for a Unix socket")
        }
        return written
    }

    mutating func relyingParty() -> RelyingParty? {
        let origins = text("PUBLIC_ORIGINS", ""), id = text("RP_ID", "")
        if origins.isEmpty {
            if !id.isEmpty { problems.append("RP_ID is set, but PUBLIC_ORIGINS is not") }
            return nil
        }
        return RelyingParty.read(origins: origins, id: id, problems: &problems)
    }

    /// The makers of authenticators that are let in; nil for all.
    mutating func trustAnchors() -> TrustAnchors? {
        let name = "ATTESTATION_ANCHORS_FILE"
        guard let path = variables[name], !path.isEmpty else { return nil }
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
        let written = secret("SERVER_SECRET", "")
        if written.isEmpty {
            // A file that was named and cannot be read has been reported.
            guard variables["SERVER_SECRET_FILE"].map(\.isEmpty) ?? true else { return nil }
            guard let kept = readFile(ServerSecret.defaultPath), let secret = ServerSecret(kept) else {
                if isNeeded {
                    problems.append(
                        "SERVER_SECRET is needed for signing in: openssl rand -hex 32 into \(ServerSecret.defaultPath), "
                            + "or name another file in SERVER_SECRET_FILE")
                }
                return nil
            }
            return secret
        }
        guard let secret = ServerSecret(written) else {
            problems.append("SERVER_SECRET must have at least 32 characters: openssl rand -hex 32")
            return nil
        }
        return secret
    }

    mutating func testLease(_ environment: Configuration.Environment) -> Int {
        let usual = Int(Queue.leaseSeconds * 1_000)
        guard !text("BACKTESTD_TEST_LEASE_MS", "").isEmpty else { return usual }
        guard environment == .test else {
            problems.append("BACKTESTD_TEST_LEASE_MS is refused unless ENVIRONMENT=test")
            return usual
        }
        return integer("BACKTESTD_TEST_LEASE_MS", usual, 500...600_000)
    }

    mutating func testPause(_ environment: Configuration.Environment) -> Configuration.TestPause? {
        let stage = text("BACKTESTD_TEST_PAUSE_STAGE", ""), milliseconds = text("BACKTESTD_TEST_PAUSE_MS", "")
        guard !stage.isEmpty || !milliseconds.isEmpty else { return nil }
        guard environment == .test else {
            problems.append(
                "BACKTESTD_TEST_PAUSE_STAGE and BACKTESTD_TEST_PAUSE_MS are refused unless ENVIRONMENT=test")
            return nil
        }
        let duration = integer("BACKTESTD_TEST_PAUSE_MS", 0, 0...600_000)
        return Configuration.TestPause(
            stage: choice("BACKTESTD_TEST_PAUSE_STAGE", Configuration.Stage.self, "computed"), milliseconds: duration)
    }
}
