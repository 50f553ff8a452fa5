import App
import ArgumentParser
import Glibc
import Settings
import System
import Telemetry

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Tell the metrics of this host, as Prometheus reads them; exit 69 when they cannot be read.",
        discussion: """
            What all processes of this host have counted (\(Variable.metricsFile)), what nginx has refused itself \
            (\(Variable.nginxRefusals)), and how queue, prices and audit trail stand in the database. While the database is away, \
            the last is missing, and bitstockerz_database_up is 0.
            """)

    @Flag(help: "OpenMetrics 1.0.0 instead of Prometheus text 0.0.4.")
    var openmetrics = false

    @Flag(help: "Answer one HTTP request from standard input, as bitstockerz-metrics.socket wants it.")
    var http = false

    @Flag(help: "Print the table of all metrics in Markdown, and what each tells.")
    var list = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard [openmetrics, http, list].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --openmetrics, --http and --list.")
        }
    }

    func run() throws {
        if list { return Console.write(Array(Meters.list.utf8)) }
        let configuration = try database.configuration()
        if http {
            // A client that has left is no error of ours.
            signal(SIGPIPE, SIG_IGN)
            return Console.write(MetricsExchange.answer(Self.head()) { try Meters.told(as: $0, configuration) })
        }
        do { Console.write(try Meters.told(as: openmetrics ? .openMetrics : .text, configuration)) } catch {
            throw Console.fail("the metrics cannot be read: \(error)", ExitStatus.unavailable)
        }
    }

    /// What came in within five seconds, up to the end of a head.
    private static func head() -> [UInt8] {
        var head: [UInt8] = []
        let deadline = Deadline(milliseconds: 5_000)
        while !MetricsExchange.isComplete(head), head.count < MetricsExchange.maximumHeadBytes {
            var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, deadline.remainingMilliseconds) > 0 else { break }
            var block = [UInt8](repeating: 0, count: 4_096)
            let count = read(STDIN_FILENO, &block, block.count)
            guard count > 0 else { break }
            head += block[..<count]
        }
        return head
    }
}
