import Crypto
import HTTP
import JSON
import Jobs
import Market
import Postgres
import System

/// `/api/market-data/imports`: a file of prices is brought, looked at as often as it takes, and then stored by a job.
enum UploadRoutes {
    /// Of one file; nginx has the same (`nginx/locations.conf`).
    static let maximumBytes = 64 << 20
    private static let keptHours = 24
    private static let chunkBytes = 256 << 10
    private static let path = "/api/market-data/imports"

    private static let found = Answer(200, "What the file says", UploadLook.form)
    private static let made = Answer(201, "Kept for \(keptHours) hours, and what the file says", UploadLook.form)
        .with(.location)

    static let create = Route.receiving(
        .post, path, .signedIn(.ingest),
        """
        Brings a file of prices, and says what it was understood as. What could mean two things, or is no file of bars, is \
        told in `refusal`: ask again with the option that answers it.
        """,
        file: "The file as it is, or in gzip, zip, zstd or tar",
        types: [
            "text/csv", "text/plain", "application/json", "application/gzip", "application/x-gzip", "application/zip",
            "application/zstd", "application/x-tar",
        ], bodyLimit: maximumBytes,
        takes: Field<(String, ImportOptions)>.group(
            .query("file_name", Form<String>.line(1...255).example("AAPL.csv"), "What the file is called"),
            ImportOptions.field(.query)
        ) { ($1, $2) },
        answers: [made], errors: [.quotaExceeded], limit: .runs
    ) { call, db, source, wish in
        // Before anything is kept that its user would not hear of.
        let session = try UploadLook.session(call.configuration)
        let upload = try keep(source, as: wish.0, call, in: &db)
        return try made(UploadLook(upload, wish.1, over: session, in: &db), capacity: 65_536)
            .at("\(path)/\(upload.id)")
    }

    static let get = Route(
        .get, path + "/{id}", .signedIn(.ingest),
        "Says anew what one of your files is understood as, with other options.",
        takes: .id(.upload), ImportOptions.field(.query), answers: [found], limit: .runs
    ) { call, db, id, options in
        guard let upload = try db.run(.upload(id, of: call.userID())) else { throw Thing.upload.missing(id) }
        let session = try UploadLook.session(call.configuration)
        return try found(UploadLook(upload, options, over: session, in: &db), capacity: 65_536)
    }

    private static let page = Answer(200, "A page of files", .page(of: "imports", UploadRow.form))

    static let list = Route(
        .get, path, .signedIn(.ingest), "Your files that are not stored yet, newest first.", takes: .window(),
        answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.uploads(of: call.userID(), window)))) }

    private static let gone = PlainAnswer.nothing("Gone")

    static let remove = Route(
        .delete, path + "/{id}", .signedIn(.ingest), "Removes one of your files.", takes: .id(.upload), answers: [gone],
        errors: [.conflict]
    ) { call, db, id in
        try held(id, call, in: &db) { _, db in try db.run(.removingUpload(id)) }
        return .noContent
    }

    static let confirm = Route(
        .post, path + "/{id}/confirm", .signedIn(.ingest),
        "Stores the bars of one of your files, by a job: all of them or none. The file goes with the commit.",
        takes: .id(.upload), ImportOptions.field(.body, needsSymbol: true), answers: [JobRow.queued],
        errors: [.conflict, .quotaExceeded], limit: .runs
    ) { call, db, id, options in
        let userID = try call.userID()
        let jobID = try held(id, call, in: &db) { upload, db in
            let job = try ImportBars.enqueue(
                ImportBars.Payload(upload: id, options: options), userID: userID, dedupeKey: UploadRow.dedupeKey(id),
                requestID: call.requestID, in: &db)
            try db.run(.lockingUsage(of: userID), .usage(of: userID)).1?.checkJobs(call.configuration)
            let words: [(String, String?)] = [
                ("job", job), ("symbol", options.symbol), ("file", upload.name), ("provider", options.provider),
            ]
            try call.audit(
                .importConfirmed, Object(words.compactMap { name, word in word.map { (name, .string($0)) } }), in: &db)
            return job
        }
        guard let job = try db.run(.job(jobID, of: userID)) else { throw Thing.job.missing(jobID) }
        return job.whereToLook
    }

    /// Does something with one of the caller's uploads that no job is to store; nobody else does meanwhile.
    ///
    /// - Throws: ``Problem`` 404 when there is none, 409 when a job has it.
    @discardableResult
    private static func held<Done>(
        _ id: String, _ call: Call, in db: inout Connection, _ work: (UploadRow, inout Connection) throws -> Done
    ) throws -> Done {
        let userID = try call.userID()
        return try db.transaction(
            opening: .holdingUser(userID), .lockingUpload(id), .upload(id, of: userID)
        ) { db, _, _, upload in
            guard let upload else { throw Thing.upload.missing(id) }
            guard upload.jobID == nil else {
                throw Problem(.conflict, "A job is to store this file already. Cancel it first, or wait for its end.")
            }
            return try work(upload, &db)
        }
    }

    /// Takes the file, chunk by chunk: all of it is there afterwards, or nothing.
    private static func keep(
        _ source: any BodySource, as name: String, _ call: Call, in db: inout Connection
    ) throws -> UploadRow {
        let userID = try call.userID(), id = UUID.random().text
        guard source.byteCount > 0 else { throw Problem.invalid("", "MISSING_BODY", "Send the file as the body.") }
        return try db.transaction(opening: .holdingUser(userID), .uploadUsage(of: userID)) { db, _, usage in
            // Before anything is read, and once more when nobody else can add one.
            try usage.check(source.byteCount, call.configuration)
            var digest = SHA256(), chunk: [UInt8] = [], number = 0
            chunk.reserveCapacity(chunkBytes)
            while true {
                let piece = try source.next()
                if let piece {
                    digest.update(piece)
                    chunk += piece
                }
                while chunk.count >= chunkBytes || piece == nil && !chunk.isEmpty {
                    let length = min(chunk.count, chunkBytes)
                    try db.run(.addingChunk(number, Array(chunk.prefix(length)), to: id))
                    chunk.removeFirst(length)
                    number += 1
                }
                if piece == nil { break }
            }
            let (_, now) = try db.run(.lockingUploads(), .uploadUsage(of: userID))
            try now.check(source.byteCount, call.configuration)
            try db.run(
                .addingUpload(
                    id, name, bytes: source.byteCount, sha256: digest.finish(), keptHours: keptHours, of: userID))
            guard let upload = try db.run(.upload(id, of: userID)) else { throw Thing.upload.missing(id) }
            return upload
        }
    }
}
