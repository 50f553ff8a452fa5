import Postgres

@testable import Jobs

/// The queue for kinds that are nothing but a name.
extension Queue {
    static func enqueue(
        _ kind: String, payload: String = "{}", userID: String? = nil, dedupeKey: String? = nil,
        afterSeconds seconds: Double = 0, in db: inout Connection
    ) throws -> String {
        try db.run(
            enqueuing(
                nil, kind, payload: payload, userID: userID, dedupeKey: dedupeKey, afterSeconds: seconds))
    }

    static func lease(
        _ kind: String, worker: String, seconds: Double = leaseSeconds, in db: inout Connection
    ) throws -> Lease? {
        try lease([Wanted(kind)], worker: worker, seconds: seconds, in: &db)
    }

    static func finish(_ lease: Lease, result: String? = nil, in db: inout Connection) throws {
        try db.run(finishing(lease, result: result))
    }

    static func fail(_ lease: Lease, in db: inout Connection) throws {
        try db.run(failing(lease, JobEnd(.failed, code: "X", "")))
    }

    static func giveUp(_ kind: String, attempts: Int = maximumAttempts, in db: inout Connection) throws -> [String] {
        try db.run(givingUp([Wanted(kind, attempts: attempts)])).map(\.id)
    }
}
