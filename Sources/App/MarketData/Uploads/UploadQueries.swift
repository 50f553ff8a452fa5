import HTTP
import Jobs
import Market
import Postgres

/// A file of prices that somebody has brought.
struct UploadRow: Sendable {
    let id: String
    let name: String
    let bytes: Int
    let createdAt: Instant
    let expiresAt: Instant
    /// The unfinished job that is to store it.
    let jobID: String?

    static let form = Form<UploadRow>.object("Upload", members)

    static let members: [Member<UploadRow>] = [
        .member("id", .uuid, \.id), .member("file_name", .text, \.name), .member("bytes", .integer, \.bytes),
        .member("created_at", .time, \.createdAt), .member("expires_at", .time, \.expiresAt),
        .nullable("job_id", Form<String>.uuid.described("The unfinished job that is to store it"), \.jobID),
    ]

    /// SQL; `u` is the upload's row.
    fileprivate static let columns = """
        u.id, u.name, u.bytes, u.created_at, u.expires_at,
        (SELECT j.id FROM jobs j WHERE j.dedupe_key = \(dedupeKey) AND j.status IN ('pending', 'running'))
        """

    /// SQL for what is unique to the one unfinished job that stores it.
    private static let dedupeKey = "'\(dedupePrefix)' || u.id"
    private static let dedupePrefix = "\(ImportBars.name)/"

    static func dedupeKey(_ id: String) -> String { dedupePrefix + id }

    /// SQL for one whose time is over, and which no job is to store.
    static let isOver = """
        expires_at < now() AND NOT EXISTS (
          SELECT FROM jobs j WHERE j.dedupe_key = '\(dedupePrefix)' || uploads.id AND j.status IN ('pending', 'running'))
        """
}

/// What is kept of uploads, one user's and everybody's.
struct UploadUsage: Sendable {
    let count: Int
    let bytes: Int
    let allBytes: Int

    /// Files that one user may have at once.
    static let maximum = 100

    /// - Parameter more: bytes of one more file.
    /// - Throws: ``Problem`` 429 `QUOTA_EXCEEDED` when there is no room for it.
    func check(_ more: Int, _ configuration: Configuration) throws {
        if count >= Self.maximum || bytes + more > configuration.quotaUploadBytes {
            throw Problem(
                .quotaExceeded,
                "Your files that are not stored yet may be \(Self.maximum), with \(configuration.quotaUploadBytes) bytes "
                    + "together. Store or delete some.")
        }
        if allBytes + more > configuration.quotaAllUploadBytes {
            throw Problem(
                .quotaExceeded, "There is no room for more files now. Try again later, or use bitstockerz import.")
        }
    }
}

extension Query {
    /// A user's upload; nil when there is none.
    static func upload(_ id: String, of userID: String) -> Query<UploadRow?> {
        .first(
            "SELECT \(UploadRow.columns) FROM uploads u WHERE u.id = $1::uuid AND u.user_id = $2::uuid", id, userID,
            read: inOrder(UploadRow.init))
    }

    /// An upload, whoever's it is.
    static func upload(_ id: String) -> Query<UploadRow?> {
        .first("SELECT \(UploadRow.columns) FROM uploads u WHERE u.id = $1::uuid", id, read: inOrder(UploadRow.init))
    }

    /// A user's uploads, newest first.
    static func uploads(of userID: String, _ window: Window) -> Query<[UploadRow]> {
        .all(
            """
            SELECT \(UploadRow.columns) FROM uploads u WHERE u.user_id = $1::uuid
            ORDER BY u.created_at DESC, u.id LIMIT $2::int OFFSET $3::int
            """, userID, window.probe, window.offset, read: inOrder(UploadRow.init))
    }

    static func uploadUsage(of userID: String) -> Query<UploadUsage> {
        .one(
            """
            SELECT count(*) FILTER (WHERE user_id = $1::uuid),
              coalesce(sum(bytes) FILTER (WHERE user_id = $1::uuid), 0)::bigint, coalesce(sum(bytes), 0)::bigint
            FROM uploads WHERE expires_at > now()
            """, userID, read: inOrder(UploadUsage.init))
    }

    /// A piece of an upload; nil when there is none.
    static func chunk(_ number: Int, of id: String) -> Query<[UInt8]?> {
        .first("SELECT bytes FROM upload_chunks WHERE upload_id = $1::uuid AND number = $2::int", id, number)
    }

    /// Nobody else confirms or removes it until the transaction ends. What is to be known of it is asked for afterwards, for
    /// another may have had it before.
    static func lockingUpload(_ id: String) -> Query<Int> {
        .change("SELECT 1 FROM uploads WHERE id = $1::uuid FOR UPDATE", id)
    }

    /// Nobody else adds an upload until the transaction ends: what is counted then is so.
    static func lockingUploads() -> Query<Int> { .change("LOCK TABLE uploads IN SHARE ROW EXCLUSIVE MODE") }

    static func addingChunk(_ number: Int, _ bytes: [UInt8], to id: String) -> Query<Int> {
        .change(
            "INSERT INTO upload_chunks (upload_id, number, bytes) VALUES ($1::uuid, $2::int, $3::bytea)", id, number,
            bytes)
    }

    /// The row by which there is an upload.
    static func addingUpload(
        _ id: String, _ name: String, bytes: Int, sha256: [UInt8], keptHours: Int, of userID: String
    ) -> Query<Int> {
        .change(
            """
            INSERT INTO uploads (id, user_id, name, bytes, sha256, expires_at)
            VALUES ($1::uuid, $2::uuid, $3, $4, $5::bytea, now() + make_interval(hours => $6::int))
            """, id, userID, name, bytes, sha256, keptHours)
    }

    /// Takes one of the places of those who look at uploads on a host, until the session leaves it or ends; waits for one as
    /// long as the session waits for locks.
    static func takingPlace(on host: String, of places: Int) -> Query<Int> {
        .change(
            """
            SELECT coalesce(
              (SELECT true FROM generate_series(1, $2::int) AS place
                WHERE pg_try_advisory_lock(hashtext('uploads/' || $1), place) LIMIT 1),
              (SELECT true FROM pg_advisory_lock(hashtext('uploads/' || $1), 1 + pg_backend_pid() % $2::int)))
            """, host, places)
    }

    static func leavingPlaces() -> Query<Int> { .change("SELECT pg_advisory_unlock_all()") }

    static func removingUpload(_ id: String) -> Query<Int> { .change("DELETE FROM uploads WHERE id = $1::uuid", id) }
}
