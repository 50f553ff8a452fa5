import App
import ArgumentParser
import Glibc
import Market
import Postgres
import System

/// Replaces what runs by what is installed. The order matters: the schema first, because the release that runs can live with a
/// newer one; then the worker, for whose jobs nobody waits and which nobody tries again, so that it has the old program with
/// the new schema for the shortest time; then what serves, one process after the other, so that the others serve meanwhile;
/// the daemon of backtests at the end, which the old and the new of those can ask.
struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract:
            "Bring the database up to date, and replace what runs by what is installed, one process after the other.",
        discussion: """
            For after `make install` of another release, a newer or an older one; the package does it by itself. All \
            through it the site answers. It stops at the first process that does not come up: the others run on as they \
            were. Back to the release before: install that, and run this again; the schema stays the newer one, which the \
            release before can live with.
            """)

    /// A process has so long to end its request and go, and systemd to kill one that does not.
    private static let patienceSeconds = 90
    /// And the next one to come up.
    private static let startSeconds = 15
    /// A migration takes as long as it takes.
    private static let migrationSeconds = 6 * 3_600

    func run() throws {
        guard geteuid() == 0 else {
            throw Console.fail("only root may replace what systemd runs", ExitStatus.noPermission)
        }
        guard Systemd.isRunning else { throw Console.fail("systemd does not run here", ExitStatus.unavailable) }
        let before = SystemClock.monotonicNanoseconds()
        try systemctl(["daemon-reload"])
        try checkCompatibility()
        try migrate()
        var count = 0
        let servers = ["bitstockerz-responder", "bitstockerz-outbound"].flatMap(Systemd.instances)
        let turns =
            [("bitstockerz-worker.service", "restart")] + servers.map { ($0, "reload") }
            + [("bitstockerz-backtestd.service", "restart")]
        for (unit, verb) in turns where try replace(unit, by: verb) { count += 1 }
        guard count > 0 else {
            throw Console.fail("nothing of it runs here: systemctl start bitstockerz.target", ExitStatus.unavailable)
        }
        reloadWebServer()
        let seconds = Double(SystemClock.monotonicNanoseconds() - before) / 1e9
        Console.say(
            "Release \(Version.current) runs in \(counted(count, "process")), after \(Console.decimal(seconds, 1)) seconds."
        )
    }

    /// By a process of its own, which becomes the service's user.
    private func checkCompatibility() throws {
        let checked = HostProgram.run(InstalledFiles.program, ["migrate", "--check"], seconds: Self.patienceSeconds)
        guard checked?.status == 0 else {
            Console.hint(checked?.text ?? "")
            throw Console.fail("nothing was changed", checked?.status ?? ExitStatus.unavailable)
        }
        Console.hint(checked?.text ?? "")
    }

    private func migrate() throws {
        let done = HostProgram.run(
            "systemctl", ["restart", "bitstockerz-migrate.service"], seconds: Self.migrationSeconds)
        guard done?.status == 0 else {
            throw Console.fail(
                "the database could not be brought up to date, and what ran before goes on: journalctl -u bitstockerz-migrate says why",
                ExitStatus.unavailable)
        }
        Console.note("the schema is ready")
    }

    /// One that has failed, perhaps in an upgrade before this one, is started. One that somebody has stopped stays so.
    ///
    /// - Returns: whether it runs now.
    private func replace(_ unit: String, by verb: String) throws -> Bool {
        guard let state = property("ActiveState", of: unit) else {
            throw Console.fail("systemd does not say how \(unit) is", ExitStatus.unavailable)
        }
        guard state != "inactive" else { return false }
        let old = state == "failed" ? nil : process(of: unit)
        if state == "failed" { try systemctl(["reset-failed", unit]) }
        _ = HostProgram.run(
            "systemctl", [state == "failed" ? "start" : verb, unit], seconds: Self.patienceSeconds)
        let deadline = Deadline(milliseconds: Self.startSeconds * 1_000)
        while true {
            let new = process(of: unit)
            if let new, new != old, isActive(unit) {
                Console.note("\(unit): process \(new) in the place of \(old ?? "none")")
                return true
            }
            // One that systemd starts no more will not come.
            guard deadline.remainingMilliseconds > 0, property("ActiveState", of: unit) != "failed" else {
                throw Console.fail(
                    "\(unit) does not come up, and the others run on as they were: "
                        + "journalctl --namespace=+bitstockerz -u \(unit) says why",
                    ExitStatus.unavailable)
            }
            usleep(50_000)
        }
    }

    private func isActive(_ unit: String) -> Bool { property("ActiveState", of: unit) == "active" }

    private func process(of unit: String) -> String? {
        property("MainPID", of: unit).flatMap { $0 == "0" ? nil : $0 }
    }

    private func property(_ name: String, of unit: String) -> String? {
        Systemd.properties([name], of: [unit]).first?[name]
    }

    /// Files of the site may have changed. One that nginx does not take leaves it as it is.
    private func reloadWebServer() {
        guard isActive("nginx.service") else { return }
        guard HostProgram.run("nginx", "-qt")?.status == 0,
            HostProgram.run("systemctl", ["reload", "nginx.service"], seconds: Self.patienceSeconds)?.status == 0
        else {
            Console.complain(
                "nginx does not take its configuration, and goes on with the one it has: nginx -t says why")
            return
        }
        Console.note("nginx has read its site again")
    }

    private func systemctl(_ arguments: [String]) throws {
        let done = HostProgram.run("systemctl", arguments, seconds: Self.patienceSeconds)
        guard done?.status == 0 else {
            let said = (done?.text ?? "").split(separator: "\n").last.map { ": \($0)" } ?? ""
            throw Console.fail("systemctl \(arguments.joined(separator: " ")) failed\(said)", ExitStatus.unavailable)
        }
    }
}
