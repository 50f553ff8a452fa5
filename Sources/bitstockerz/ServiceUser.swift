import App
import Glibc
import Settings
import System

/// The user whom the service runs as, and whom Postgres lets in.
///
/// Root at the command line becomes that user before anything is asked of the database, with the variables that the service
/// has: `sudo bitstockerz user list` asks as the service would, and nothing that a command writes belongs to root.
enum ServiceUser {
    static let name = "bitstockerz"

    /// Does nothing for anybody but root, and where the service has no user. The variables are those of the process from
    /// here on.
    ///
    /// - Throws: exit 77 where root cannot become that user: nothing is done as root.
    static func become() throws {
        guard geteuid() == 0, let user = getpwnam(name) else { return }
        // Read by root: secrets in it are not for the service's user to read as a file.
        let file = (try? File.text(of: EnvironmentFile.standardPath, maximumBytes: 1 << 20)).map(EnvironmentFile.init)
        let installed = ServiceConfiguration.unitEnvironment().merging(file?.variables ?? [:]) { $1 }
        // What is said in front of a command wins.
        for (name, value) in installed { setenv(name, value, 0) }
        for file in [Variable.databaseURLFile, .databaseDirectURLFile] { readCredential(file) }
        // As systemd does: libpq looks for certificates in a home, and pg_dump is its child.
        for variable in ["USER", "LOGNAME"] { setenv(variable, name, 1) }
        setenv("HOME", String(cString: user.pointee.pw_dir), 1)
        umask(0o077)
        let (id, group) = (user.pointee.pw_uid, user.pointee.pw_gid)
        guard initgroups(name, group) == 0, setgid(group) == 0, setuid(id) == 0 else {
            throw Console.fail("root cannot become \(name): \(SystemError("setuid").reason)", ExitStatus.noPermission)
        }
    }

    /// A database on another host has its connection string in a credential of the unit, which is there for no longer than
    /// the unit runs. Root reads where it comes from.
    private static func readCredential(_ file: Variable) {
        guard let source = ProcessEnvironment.variable(file.name).flatMap(sourceOfCredential),
            let text = try? File.text(of: source, maximumBytes: 65_536)
        else { return }
        unsetenv(file.name)
        setenv(file.secretName, String(text.prefix { $0 != "\n" }), 1)
    }

    /// The file of root's that a credential of the unit comes from; nil for a path of anything else.
    static func sourceOfCredential(_ path: String) -> String? {
        guard path.hasPrefix("/run/credentials/"), let credential = path.split(separator: "/").last,
            // As a property it is unprintable to systemctl.
            let unit = HostProgram.run("systemctl", "cat", "bitstockerz-responder@1.service")
        else { return nil }
        let line = "LoadCredential=\(credential):"
        return unit.text.split(separator: "\n").last { $0.hasPrefix(line) }.map {
            String($0.dropFirst(line.utf8.count))
        }
    }
}
