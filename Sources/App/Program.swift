import Daemon
import Glibc

/// The programs that live on and share their counts.
///
/// Nearly all of any two of them is the same code, so several lie in one file, under a name for each:
///
///     Program.start([.responder: respond, .backtestd: computeBacktests])
public enum Program: String, CaseIterable, Sendable {
    case responder, outbound, backtestd, worker

    /// Runs the one by whose name the file was started, and ends with 64 (EX_USAGE) where it was none of these. The only
    /// argument is `--version`.
    public static func start(_ programs: [Program: () -> Void]) {
        Version.answerIfAsked()
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
        guard let run = Program(rawValue: name).flatMap({ programs[$0] }) else {
            let names = programs.keys.map(\.rawValue).sorted().joined(separator: " and ")
            Log().error(
                "started by another name", ["detail": .string("\(name) is none of this file's programs: \(names)")])
            exit(64)
        }
        run()
    }

    /// Does what the program is there for; says what it cannot, and ends with 69 then.
    public func serve(_ configuration: Configuration, _ body: (Log) throws -> Void) {
        let log = Log(minimum: configuration.logLevel, common: ["program": .string(rawValue)])
        do { try body(log) } catch {
            log.error("cannot serve", ["detail": .string("\(error)")])
            exit(ExitStatus.unavailable)
        }
    }
}
