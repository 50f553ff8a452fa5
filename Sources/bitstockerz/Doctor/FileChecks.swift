import App
import Glibc
import Settings

/// Who owns what the service needs, and who may touch it.
struct FileChecks {
    private struct Rule {
        let path: String
        let owner: String
        let group: String
        /// What anybody may do at most.
        let mode: mode_t
        /// What to do when it is not there; nil: it may be missing.
        var missing: String?
    }

    /// Keys that nginx reads as root.
    let keys: [String]
    /// Files that the service reads as itself, and doctor as root.
    let secrets: [String]
    /// Files that systemd reads for it, as root.
    let credentials: [String]

    func observations() -> [Observation] {
        let sockets = [
            ("responder", "www-data"), ("outbound", "www-data"), ("backtestd", "bitstockerz"), ("metrics", "www-data"),
        ].map { name, group in
            Rule(
                path: "/run/bitstockerz/\(name).sock", owner: "bitstockerz", group: group, mode: 0o660,
                missing: "systemctl restart bitstockerz-\(name).socket")
        }
        let rules =
            [
                Rule(
                    path: Variable.serverSecretFile.standard, owner: "root", group: "bitstockerz",
                    mode: 0o640),
                Rule(path: UnitChecks.backupKey, owner: "root", group: "bitstockerz", mode: 0o640),
                Rule(path: EnvironmentFile.standardPath, owner: "root", group: "root", mode: 0o600),
                Rule(
                    path: "/run/bitstockerz", owner: "bitstockerz", group: "bitstockerz", mode: 0o755,
                    missing: "systemd-tmpfiles --create"),
                Rule(path: "/var/log/nginx/bitstockerz.log", owner: "www-data", group: "adm", mode: 0o640),
            ] + sockets + keys.map { Rule(path: $0, owner: "root", group: "ssl-cert", mode: 0o640) }
        let observations =
            rules.compactMap(check) + secrets.compactMap(checkReading)
            + (secrets + credentials).compactMap(checkSecrecy)
        return observations.isEmpty
            ? [
                .fine(
                    "files",
                    "\(rules.count + secrets.count + credentials.count) have the owner and the mode they should")
            ] : observations
    }

    private func check(_ rule: Rule) -> Observation? {
        var status = stat()
        guard stat(rule.path, &status) == 0 else {
            guard errno == ENOENT, let remedy = rule.missing else { return nil }
            let isSocket = rule.path.hasSuffix(".sock")
            return .wrong("files", "\(rule.path) is not there" + (isSocket ? ", so nobody can ask" : ""), remedy)
        }
        let mode = status.st_mode & 0o7777
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)"
        let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)"
        let octal = { (mode: mode_t) in "0" + String(mode, radix: 8) }
        // Who may do less than the rule says has chosen so; a group that may do nothing may be any.
        if owner == rule.owner, mode & ~rule.mode == 0, group == rule.group || mode & 0o070 == 0 { return nil }
        return .wrong(
            "files",
            "\(rule.path) is \(octal(mode)) \(owner):\(group), and is to be \(octal(rule.mode)) \(rule.owner):\(rule.group)",
            "chown \(rule.owner):\(rule.group) \(rule.path) && chmod \(octal(rule.mode)) \(rule.path)")
    }

    /// Those that are the installation's own have a rule.
    private func checkSecrecy(_ path: String) -> Observation? {
        var status = stat()
        guard path != Variable.serverSecretFile.standard, stat(path, &status) == 0,
            status.st_mode & 0o007 != 0
        else { return nil }
        return .wrong("files", "\(path) is a secret, and everybody may read it", "chmod o-rwx \(path)")
    }

    /// One that is not there is told by the configuration.
    private func checkReading(_ path: String) -> Observation? {
        var status = stat()
        guard stat(path, &status) == 0, let service = getpwnam("bitstockerz")?.pointee else { return nil }
        let mode = status.st_mode
        let isReadable =
            status.st_uid == service.pw_uid
            ? mode & 0o400 != 0
            : status.st_gid == service.pw_gid ? mode & 0o040 != 0 : mode & 0o004 != 0
        if isReadable { return nil }
        return .wrong(
            "files", "\(path) cannot be read by bitstockerz, so nothing starts the next time",
            "chown root:bitstockerz \(path) && chmod 0640 \(path)")
    }
}
