import App
import ArgumentParser
import Glibc
import JSON

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look over this machine: what is missing or wrong, and what to do about it.",
        discussion: """
            Run it as root, who may look at everything; it changes nothing. It reads the configuration that systemd gives \
            the service, asks the database as the service's user, and asks for readiness through the socket and through \
            nginx. Ends with 0 when all is fine, 1 for warnings, 2 when something is wrong.
            """)

    @Flag(help: "Print JSON instead of a list.")
    var json = false

    @Flag(help: "Look at the configuration of this shell, not at the installed one.")
    var fromEnvironment = false

    @Option(help: "The service's file of variables.")
    var environmentFile = EnvironmentFile.standardPath

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let observations = observations()
        if json {
            var writer = Writer()
            writer.beginArray()
            for observation in observations { observation.write(to: &writer) }
            writer.endArray()
            Console.writeLine(writer.bytes)
        } else {
            Console.say(Console.table(observations.map { [$0.state.rawValue, $0.name, $0.sentence] }))
        }
        let status = observations.map(\.state.exitStatus).max() ?? 0
        if status != 0 { throw ExitCode(status) }
    }

    private func observations() -> [Observation] {
        let service = ServiceConfiguration(file: fromEnvironment ? nil : environmentFile, database: database)
        var observations = service.observations
        if let configuration = service.valid {
            observations += DatabaseChecks(configuration: configuration).observations()
        }
        observations += UnitChecks(configuration: service.valid).observations()
        var webServer = WebServerChecks(service.valid)
        if geteuid() == 0 {
            observations += webServer.look()
            observations += FileChecks(
                keys: webServer.keys, secrets: service.secrets, credentials: service.credentials
            ).observations()
        } else {
            observations.append(
                .warning("doctor", "nginx, ports and modes of files were not looked at", "run sudo bitstockerz doctor"))
        }
        observations += ReadinessChecks.observations(serverName: webServer.serverName, at: webServer.place)
        return observations + Volume.observations()
    }
}
