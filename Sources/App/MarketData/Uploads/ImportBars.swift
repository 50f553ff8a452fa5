import Compression
public import JSON
public import Jobs
import Market
public import Postgres
import PriceFiles
import System

/// The job that stores the bars of an upload: all of them in one transaction, in which the upload goes and the job ends, or
/// none; so a restart begins anew and nothing is stored twice.
public struct ImportBars: JobKind {
    public static let name = "import_bars"
    public static let noun = "import"
    public static let isUrgent = true
    /// The code of a job whose file was not stored, for a reason that its user can mend.
    public static let refused = "IMPORT_REFUSED"

    public struct Payload: JobPayload {
        let upload: String
        let options: ImportOptions

        init(upload: String, options: ImportOptions) { (self.upload, self.options) = (upload, options) }

        public init(json: Object) throws {
            guard let upload = json["upload"]?.stringValue, UUID(upload) != nil,
                let options = json["options"]?.objectValue
            else { throw PostgresError(.unexpectedResult, "an import of no upload") }
            (self.upload, self.options) = (upload, ImportOptions(json: options))
        }

        public var json: Object { ["upload": .string(upload), "options": .object(options.json)] }
    }

    private let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public let timeoutMilliseconds = 600_000
    /// Bars held to be put in order: about 150 MB of them.
    private static let maximumUnordered = 2_000_000

    public func run(_ payload: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        guard let upload = try db.run(.upload(payload.upload)) else { throw Self.gone }
        do {
            let watch = Watch(job)
            let chunks = UploadChunks(upload, over: try UploadChunks.session(configuration, "worker")) { part, db in
                try watch.look(part, &db)
            }
            let file = try PriceFile(
                UploadBytes(chunks, maximumBytes: FileBytes.maximumBytes), name: upload.name,
                options: payload.options.reading(
                    now: SystemClock.unixMicroseconds(), maximumUnordered: Self.maximumUnordered))
            guard let symbol = payload.options.symbol ?? file.understood.symbol else {
                throw Self.refusal("the file names no symbol")
            }
            watch.isStoring = true
            let lease = job.lease
            var wish = payload.options.wish(symbol)
            wish.store.auditLog = configuration.auditLog
            _ = try wish.run(
                file, in: &db, named: UploadLook.namedLines,
                alongside: { _, report, db in
                    // What is as good as stored is not thrown away for being late.
                    db.interrupt = nil
                    // The job's row before the upload's, as who ends an account takes them.
                    try db.run(Queue.finishing(lease, result: String(decoding: report.json(), as: UTF8.self)))
                    guard try db.run(.removingUpload(upload.id)) == 1 else { throw Self.gone }
                })
            return .stored
        } catch let refusal as PriceFileRefusal {
            throw Self.refusal(refusal.description)
        } catch let error as DecompressionError {
            throw Self.refusal("\(upload.name): \(error.description)")
        } catch let refusal as BarImport.Refusal {
            throw Self.refusal(
                refusal.description + (refusal.report.refused.first.map { "; \($0.description)" } ?? ""))
        } catch let refusal as BarStore.Refusal {
            throw Self.refusal(refusal.description)
        } catch is UploadChunks.GoneError {
            throw Self.gone
        }
    }

    private static func refusal(_ reason: String) -> JobError {
        JobError(JobEnd(.failed, code: refused, Members.named(in: reason)))
    }

    private static let gone = refusal("the file is no longer there")

    /// Tells how far a job is, and hears that it is to stop, over the session that reads: the other one is in a transaction.
    private final class Watch {
        private var job: RunningJob
        var isStoring = false

        init(_ job: RunningJob) { self.job = job }

        func look(_ part: Double, _ db: inout Connection) throws {
            // A file is read once or twice to understand it, and then once for its bars.
            try job.check(isStoring ? 0.3 + 0.7 * part : 0.3 * part, in: &db)
        }
    }
}
