import App
import Glibc
import System

/// The user whom the service runs as, and whom Postgres lets in.
///
/// Root at the command line becomes that user before anything is asked of the database, with the variables that the service
/// has: `sudo bitstockerz user list` asks as the service would, and nothing that a command writes belongs to root.
enum ServiceUser {
    static let name = "bitstockerz"

    /// Does nothing for anybody but root, and where the service is not installed. The variables are those of the process
    /// from here on.
    static func become() {
        guard geteuid() == 0, access(EnvironmentFile.standardPath, F_OK) == 0, let user = getpwnam(name) else { return }
        // Read by root: secrets in it are not for the service's user to read as a file.
        let file = (try? File.text(of: EnvironmentFile.standardPath, maximumBytes: 1 << 20)).map(EnvironmentFile.init)
        let installed = ServiceConfiguration.unitEnvironment().merging(file?.variables ?? [:]) { $1 }
        // What is said in front of a command wins.
        for (name, value) in installed { setenv(name, value, 0) }
        let (id, group) = (user.pointee.pw_uid, user.pointee.pw_gid)
        guard initgroups(name, group) == 0, setgid(group) == 0, setuid(id) == 0 else {
            Console.complain("root cannot become \(name): \(SystemError("setuid").reason)")
            return
        }
    }
}
