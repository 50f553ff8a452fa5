import App
import ArgumentParser
import Backup
import Glibc
import System

/// Where the lines of the journal come from.
struct JournalOptions: ParsableArguments {
    @Option(help: "A file with the lines of the journals, or - for standard input; default: journalctl of this host.")
    var journal: String?

    @Flag(help: "Go without a journal: who has left since is back then.")
    var noJournal = false

    var isGiven: Bool { journal != nil || noJournal }

    func validate() throws {
        if journal != nil && noJournal { throw ValidationError("Give either --journal or --no-journal.") }
    }

    /// The lines, before they are looked at.
    enum Lines: ~Copyable {
        case none
        case file(Descriptor, name: String)
        case text([UInt8])
    }

    /// Opens what may be for root alone, while the command still is root.
    ///
    /// - Parameter time: that the database is set back to, in Unix microseconds.
    /// - Throws: ``BackupRefusal``.
    func open(since time: Int64) throws -> Lines {
        if noJournal { return .none }
        guard let path = journal else { return .text(try ofThisHost(since: time)) }
        do {
            let file = path == "-" ? Descriptor(owning: dup(STDIN_FILENO)) : try Descriptor(opening: path)
            return .file(file, name: path)
        } catch {
            throw BackupRefusal(.noInput, "the journal \(path) cannot be read: \(error.reason)")
        }
    }

    /// - Throws: ``BackupRefusal``.
    func records(_ key: AuditKey, of lines: consuming Lines) throws -> JournalRecords {
        var records = JournalRecords(key)
        switch consume lines {
        case .none: return records
        case .file(let file, let name):
            do { try read(file.raw, name, into: &records) } catch {
                throw BackupRefusal(.noInput, "the journal \(name) cannot be read: \(error.reason)")
            }
        case .text(let bytes):
            records.take(bytes)
            records.finish()
        }
        // Every day has its checkpoint: this is not the journal, or not all of it may be read.
        guard !records.checkpoints.isEmpty || !records.farewells.isEmpty else {
            throw BackupRefusal(
                .noInput,
                "the journal tells of no checkpoint and no deletion signed with this secret: give the right one, or --no-journal"
            )
        }
        return records
    }

    private func read(_ descriptor: Int32, _ name: String, into records: inout JournalRecords) throws(SystemError) {
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(name) }
            if count == 0 { break }
            records.take(Array(block[..<count]))
        }
        records.finish()
    }

    /// A checkpoint is written every day: of a month there is one from before the backup.
    private func ofThisHost(since time: Int64) throws -> [UInt8] {
        let since = "@\(time / 1_000_000 - 31 * 86_400)"
        guard Systemd.isRunning,
            let output = HostProgram.run(
                "journalctl",
                [
                    "--no-pager", "--quiet", "--output=cat", "--namespace=+bitstockerz", "--since=\(since)",
                    "--unit=bitstockerz-*",
                    "--grep=audit_checkpoint|account_deleted",
                ], seconds: 600), output.status <= 1
        else {
            throw BackupRefusal(
                .noInput,
                "the journal of this host cannot be read: run it as root, or give --journal FILE, or --no-journal")
        }
        return Array(output.text.utf8)
    }
}
