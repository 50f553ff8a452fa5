import ArgumentParser
import FoundationEssentials
import Glibc
import Supervision

/// What a development stack is made of and where it lives. The same options start it and are handed to its supervisor.
struct StackOptions: ParsableArguments {
    @Option(help: "Directory for the database, sockets and logs. Made if missing.", completion: .directory)
    var state: String

    @Option(help: "TCP port of nginx on localhost.")
    var port: UInt16 = 8080

    @Option(help: "How many responders share the socket.")
    var responders = 4

    @Option(help: "Directory of the built page. Default: web in the shared directory.", completion: .directory)
    var web: String?

    @Option(
        help: "Directory of responder, outbound and backtestd. Default: ../libexec/bitstockerz.", completion: .directory
    )
    var libexec: String?

    @Option(help: "Directory with Migrations and nginx. Default: ../share/bitstockerz.", completion: .directory)
    var share: String?

    @Option(help: "Value of ENVIRONMENT: development or test.")
    var environment = "development"

    @Option(help: "Multiplies rate limits and quotas.")
    var rateScale = 1

    @Option(help: "As root, everything runs as this system user.")
    var user = "postgres"

    @Option(name: .customLong("set"), help: "NAME=VALUE for the environment of responders and daemon. May repeat.")
    var settings: [String] = []

    @Flag(help: "Stop when standard input ends.")
    var stopWithInput = false

    func validate() throws {
        guard port > 0 else { throw ValidationError("--port must be 1 to 65535.") }
        guard (1...64).contains(responders) else { throw ValidationError("--responders must be 1 to 64.") }
        // More than that, and quotas leave the range that the configuration takes.
        guard (1...10_000).contains(rateScale) else { throw ValidationError("--rate-scale must be 1 to 10000.") }
        guard ["development", "test"].contains(environment) else {
            throw ValidationError("--environment must be development or test.")
        }
        for setting in settings where setting.firstIndex(of: "=") ?? setting.startIndex == setting.startIndex {
            throw ValidationError("--set wants NAME=VALUE, not '\(setting)'.")
        }
    }

    /// The same options as command-line arguments, with absolute paths.
    func arguments(in layout: StackLayout) -> [String] {
        var list = [
            "--state", layout.state, "--port", "\(port)", "--responders", "\(responders)", "--web", layout.web,
            "--libexec", layout.libexec, "--share", layout.share, "--environment", environment,
            "--rate-scale", "\(rateScale)", "--user", user,
        ]
        for setting in settings { list += ["--set", setting] }
        if stopWithInput { list.append("--stop-with-input") }
        return list
    }
}
