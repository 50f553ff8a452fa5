public import JSON
import Jobs
public import Postgres

/// How jobs stand, for who has queued them at the command line.
public struct JobWatch: Sendable {
    private let ids: [String]
    /// In the order of the jobs; as they stood at the last look.
    public private(set) var standings: [Standing] = []

    public init(_ ids: [String]) { self.ids = ids }

    public struct Standing: Sendable {
        public let id: String
        public let payload: Object
        private let status: JobStatus
        /// Why it failed, or why it is tried again.
        public let code: String?, message: String?
        public let result: Object

        fileprivate init(_ job: JobRow) {
            (id, payload, status) = (job.id, job.payload.objectValue ?? [:], job.status)
            (code, message, result) = (job.failure?.code, job.failure?.message, job.result?.objectValue ?? [:])
        }

        public var isCompleted: Bool { status == .completed }
        public var isOver: Bool { status.isFinal }
        /// It ended, and not well.
        public var isFailure: Bool { status.isFinal && status != .completed }
        /// As the API calls its state, and as people do.
        public var word: String { status.rawValue }
        public var words: String { status.words }
    }

    public var isOver: Bool { standings.allSatisfy(\.isOver) }

    public mutating func look(in db: inout Connection) throws {
        standings = try db.run(.jobs(ids)).map { Standing($0) }
    }

    /// Whether anybody is there who does such jobs.
    public static func isWorkerThere(_ configuration: Configuration) -> Query<Bool> {
        Queue.attendance(of: Program.worker.rawValue, name: configuration.workerName).map { $0.names > 0 }
    }
}
