import Daemon
import Glibc
import System

/// How a process ends, after sysexits.h.
public enum ExitStatus {
    /// EX_UNAVAILABLE: something it needs is not there.
    public static let unavailable: Int32 = 69
    /// EX_CONFIG: systemd does not start it again until an operator has mended it.
    public static let configuration: Int32 = 78
}

extension Version {
    /// Answers `--version` with the program's name and version, and ends. Daemons take no other argument.
    public static func answerIfAsked() {
        guard CommandLine.arguments.dropFirst().first == "--version" else { return }
        let name = CommandLine.arguments[0].split(separator: "/").last ?? ""
        print("\(name) \(current)")
        exit(EXIT_SUCCESS)
    }
}

extension Configuration {
    /// The configuration of this process; when it is wrong, says everything that is and ends with 78.
    public static func ofThisProcess() -> Configuration {
        do { return try Configuration(ProcessEnvironment.variables()) } catch { refuse(error) }
    }

    /// The configuration of a process that signs; ends with 78 also when there is no key.
    public static func ofThisProcessWithServerSecret() -> Configuration {
        let configuration = ofThisProcess()
        do { _ = try configuration.requiredServerSecret() } catch { refuse(error) }
        return configuration
    }

    private static func refuse(_ refusal: Refusal) -> Never {
        let log = Log()
        for problem in refusal.problems { log.error("configuration", ["detail": .string(problem)]) }
        exit(ExitStatus.configuration)
    }
}
