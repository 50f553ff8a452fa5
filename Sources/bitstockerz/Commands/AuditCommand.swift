import App
import ArgumentParser
import JSON
import Market
import Postgres

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit trail: verify it, note where it stands, prune it.",
        subcommands: [Verify.self, Checkpoint.self, Prune.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every chain of the trail; exit 1 and the first broken links when it does not hold.",
            discussion: """
                A trail that was set back as a whole holds in itself; only checkpoints outside the database tell. They are
                in the journal:

                  sudo journalctl -u bitstockerz-maintenance -u bitstockerz-worker -o cat | sudo bitstockerz audit verify --checkpoints -
                """)

        @Option(help: "A file whose lines hold checkpoints, or - for standard input; other lines are passed over.")
        var checkpoints: String?

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            // Perhaps a file that only root can read.
            let told = try checkpoints.map { try Console.contents(of: $0) }
            let key = try database.auditKey()
            let checkpoints = try read(told, key)
            let result = try database.withDatabase { db in try AuditTrail(key).verify(checkpoints, in: &db) }
            if json {
                write(result)
            } else {
                for fault in result.faults { Console.say(fault.sentence) }
                let seen = self.checkpoints == nil ? "" : " and \(counted(result.checkpoints, "checkpoint"))"
                if result.faults.isEmpty {
                    Console.say("The audit trail holds: \(counted(result.events, "event"))\(seen).")
                }
            }
            guard result.faults.isEmpty else { throw ExitCode(1) }
        }

        private func read(_ told: [UInt8]?, _ key: AuditKey) throws -> [AuditCheckpoint] {
            guard let path = checkpoints, let bytes = told else { return [] }
            let checkpoints: [AuditCheckpoint]
            do { checkpoints = try AuditCheckpoint.read(String(decoding: bytes, as: UTF8.self), key) } catch {
                throw Console.fail("\(path):\(error.line): \(error.reason)", ExitStatus.badData)
            }
            // A journal that may not be read is empty, and would agree with everything.
            guard !checkpoints.isEmpty else {
                throw Console.fail(
                    "\(path == "-" ? "standard input" : path) holds no checkpoint, so nothing was compared: read the journal as root (sudo journalctl ...)",
                    ExitStatus.noInput)
            }
            return checkpoints
        }

        private func write(_ result: AuditTrail.Verification) {
            var writer = Writer()
            writer.beginObject()
            writer.member("holds", result.faults.isEmpty)
            writer.member("events", result.events)
            writer.member("checkpoints", result.checkpoints)
            writer.key("faults")
            writer.beginArray()
            for fault in result.faults {
                writer.beginObject()
                writer.member("stream", fault.stream)
                writer.member("event_id", fault.eventID)
                writer.member("fault", "\(fault.kind)")
                writer.member("detail", fault.sentence)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
            Console.writeLine(writer.bytes)
        }
    }

    struct Checkpoint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print where the trail stands, signed: one line to keep outside the database.")

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            let key = try database.auditKey()
            Console.say(try database.withDatabase { db in try AuditTrail(key).checkpoint(in: &db).line })
        }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete old events behind a signed anchor; what is broken stays as evidence.")

        @Option(help: "Events older than so many days go.")
        var olderThanDays = Retention.auditDays

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            guard (1...36_500).contains(olderThanDays) else {
                throw ValidationError("--older-than-days must be from 1 to 36500.")
            }
        }

        func run() throws {
            let key = try database.auditKey()
            let count = try database.withDatabase { db in
                try AuditTrail(key).prune(olderThanDays: olderThanDays, in: &db)
            }
            Console.say("\(counted(count, "event")) pruned.")
        }
    }
}

extension DatabaseOptions {
    /// - Throws: exit code 78 after saying that there is no key.
    func auditKey() throws -> AuditKey {
        do { return try configuration().requiredServerSecret().auditKey } catch let refusal as Configuration.Refusal {
            for problem in refusal.problems { Console.complain(problem) }
            throw ExitCode(ExitStatus.configuration)
        }
    }
}
