import App
import Glibc
import Market
import Settings

/// What systemd runs of ours, and what it should.
struct UnitChecks {
    let configuration: Configuration?

    /// What timers start, each with its timer.
    private static let timed = ["maintenance", "ingest"]
    /// The same where somebody wants backups, which is told by their key.
    private static let backups = ["backup", "backup-verify"]
    /// Of the database's server, where somebody has switched it on.
    private static let serverBackup = "pgbackrest"
    static let backupKey = "/etc/bitstockerz/backup-key"

    func observations() -> [Observation] {
        guard Systemd.isRunning else {
            return [.fine("units", "not looked at, because systemd does not run this machine")]
        }
        let single =
            [
                "responder.socket", "outbound.socket", "backtestd.socket", "metrics.socket", "backtestd.service",
                "worker.service", "migrate.service",
            ]
        let timed = Self.timed + (access(Self.backupKey, F_OK) == 0 ? Self.backups : [])
        let units =
            ["bitstockerz.target"] + single.map { "bitstockerz-" + $0 }
            + timed.flatMap { ["bitstockerz-\($0).timer", "bitstockerz-\($0).service"] }
            + ["bitstockerz-\(Self.serverBackup).service"]
            + Systemd.instances(of: "bitstockerz-responder") + Systemd.instances(of: "bitstockerz-outbound")
        let properties = Systemd.properties(
            ["Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "ExecMainStatus", "Result"], of: units)
        let observations = properties.compactMap(check)
        let pools = [
            pool("responder", wanted: configuration?.responders, properties), pool("outbound", wanted: nil, properties),
        ].compactMap { $0 }
        let faults = observations + pools
        return faults.isEmpty ? [.fine("units", "\(units.count) are as they should be")] : faults
    }

    private func check(_ unit: [String: String]) -> Observation? {
        let name = unit["Id"] ?? "?", active = unit["ActiveState"]
        if unit["LoadState"] != "loaded" {
            return .wrong("units", "systemd does not know \(name)", "make install, then systemctl daemon-reload")
        }
        if active == "failed" {
            let how =
                unit["Result"] == "exit-code"
                ? "with exit status \(unit["ExecMainStatus"] ?? "?")" : "(\(unit["Result"] ?? "?"))"
            return .wrong(
                "units", "\(name) has failed \(how)",
                "journalctl --namespace=+bitstockerz -u \(name) -p err says why; then systemctl restart \(name)")
        }
        if active == "activating", unit["SubState"] == "auto-restart" {
            return .wrong(
                "units", "\(name) ends again and again",
                "journalctl --namespace=+bitstockerz -u \(name) -p err says why")
        }
        // On several hosts one of them makes the backups.
        if active != "active", Self.backups.contains(where: { name == "bitstockerz-\($0).timer" }) {
            return .warning(
                "units", "\(name) does not run, and here is a key for backups",
                "systemctl enable --now \(name); where another host makes them, rm \(Self.backupKey) here, and keep a copy"
            )
        }
        // Those that run once, or as many as are wanted, are counted elsewhere.
        let isTimed = (Self.timed + Self.backups + [Self.serverBackup]).contains { name == "bitstockerz-\($0).service" }
        if active != "active", !isTimed, !name.contains("@") {
            return .wrong("units", "\(name) does not run", "systemctl start \(name)")
        }
        if name == "bitstockerz.target", unit["UnitFileState"] == "disabled" {
            return .warning("units", "\(name) does not start with the host", "systemctl enable \(name)")
        }
        return nil
    }

    /// A pool is as large as the configuration says, for some decisions hang on it.
    private func pool(_ name: String, wanted: Int?, _ properties: [[String: String]]) -> Observation? {
        let count = properties.count { unit in
            unit["Id"]?.hasPrefix("bitstockerz-\(name)@") == true && unit["ActiveState"] == "active"
        }
        if count == 0 {
            return .wrong("units", "no \(name) runs", "systemctl start bitstockerz-\(name)@1")
        }
        guard let wanted, wanted != count else { return nil }
        return .warning(
            "units", "\(counted(count, are: "responder")) active, and \(Variable.responders) says \(wanted)",
            count < wanted
                ? "systemctl enable --now bitstockerz-responder@{1..\(wanted)}"
                : "set \(Variable.responders)=\(count), then systemctl restart bitstockerz.target")
    }
}
