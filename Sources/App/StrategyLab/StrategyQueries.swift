import Crypto
import JSON
import Market
import Postgres
import Strategy

/// A strategy with one of its versions.
struct StrategyRow: Sendable {
    let id: String
    let lineageID: String
    let name: String
    let description: String
    let assetType: AssetType
    let timeframe: Timeframe
    let createdAt: Int64
    let updatedAt: Int64
    let versionID: Int
    let versionNumber: Int
    /// As stored; jsonb does not keep the order of keys, so answers write it anew in the canonical order.
    let definition: Value
    let definitionHash: String

    static let schema = Schema.object([
        ("id", .uuid), ("name", .text), ("description", .text), ("asset_type", .oneOf(["EQUITY", "CRYPTO"])),
        ("timeframe", .oneOf(["1d", "1h"])), ("version_id", .integer()), ("version_number", .integer()),
        ("definition", .anything), ("definition_hash", .text), ("summary", .text), ("created_at", .time),
        ("updated_at", .time),
    ])

    var json: Writer {
        var json = Writer()
        write(into: &json)
        return json
    }

    func write(into json: inout Writer) {
        let read = StrategyDefinition.read(definition).0
        json.beginObject()
        json.member("id", id)
        json.member("name", name)
        json.member("description", description)
        json.member("asset_type", assetType.rawValue)
        json.member("timeframe", timeframe.rawValue)
        json.member("version_id", versionID)
        json.member("version_number", versionNumber)
        json.key("definition")
        json.value(read?.json ?? definition)
        json.member("definition_hash", definitionHash)
        json.member("summary", read?.summary)
        json.member("created_at", Instant(microseconds: createdAt).description)
        json.member("updated_at", Instant(microseconds: updatedAt).description)
        json.endObject()
    }
}

extension Connection {
    fileprivate static let strategyColumns = """
        s.id, s.lineage_id, s.name, s.description, s.asset_type, s.timeframe, s.created_at, s.updated_at,
        v.id, v.version_number, v.definition_json, v.definition_hash
        """

    /// Stores a strategy and its version 1, or neither. An identical definition of the owner's gives its lineage on:
    /// trying it under another name is no new family of trials.
    ///
    /// - Throws: ``PostgresError`` `.uniqueViolation` when the owner has an active strategy of that name.
    mutating func insertStrategy(_ draft: Strategies.Draft, for userID: String) throws -> String {
        let hash = hex(Digest.sha256(draft.definition.identityBytes))
        return try transaction { db in
            let id = try db.query(
                """
                INSERT INTO strategies (user_id, name, description, asset_type, timeframe, lineage_id)
                VALUES ($1::uuid, $2, $3, $4, $5, coalesce(
                  (SELECT s.lineage_id FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id
                   WHERE s.user_id = $1::uuid AND v.definition_hash = $6 ORDER BY s.created_at LIMIT 1),
                  gen_random_uuid()))
                RETURNING id
                """,
                [
                    .text(userID), .text(draft.name), .text(draft.description), .text(draft.assetType.rawValue),
                    .text(draft.timeframe.rawValue), .text(hash),
                ]
            ).string(0, 0)
            try db.insertVersion(draft.definition, ofStrategy: id)
            return id
        }
    }

    /// A user's active strategy with a version, the newest when `version` is nil; nil when there is none.
    mutating func strategy(_ id: String, of userID: String, version: Int?) throws -> StrategyRow? {
        let rows = try query(
            """
            SELECT \(Self.strategyColumns) FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id
            WHERE s.id = $1::uuid AND s.user_id = $2::uuid AND s.is_active AND ($3::int IS NULL OR v.version_number = $3::int)
            ORDER BY v.version_number DESC LIMIT 1
            """, [.text(id), .text(userID), Parameter(version)])
        return try StrategyRow(rows)
    }

    /// A user's active strategies with their newest versions, newest first.
    mutating func strategies(of userID: String, limit: Int, offset: Int) throws -> [StrategyRow] {
        let rows = try query(
            """
            SELECT \(Self.strategyColumns) FROM strategies s
            JOIN LATERAL (SELECT * FROM strategy_versions w WHERE w.strategy_id = s.id
                          ORDER BY w.version_number DESC LIMIT 1) v ON true
            WHERE s.user_id = $1::uuid AND s.is_active ORDER BY s.created_at DESC, s.id LIMIT $2::int OFFSET $3::int
            """, [.text(userID), .int(Int64(limit)), .int(Int64(offset))])
        return try (0..<rows.count).map { try Self.strategy(rows, $0) }
    }

    fileprivate static func strategy(_ rows: borrowing Rows, _ row: Int) throws -> StrategyRow {
        StrategyRow(
            id: try rows.string(row, 0), lineageID: try rows.string(row, 1), name: try rows.string(row, 2),
            description: try rows.string(row, 3),
            assetType: AssetType(rawValue: try rows.string(row, 4)) ?? .equity,
            timeframe: Timeframe(rawValue: try rows.string(row, 5)) ?? .day, createdAt: try rows.microseconds(row, 6),
            updatedAt: try rows.microseconds(row, 7), versionID: try rows.int(row, 8),
            versionNumber: try rows.int(row, 9),
            definition: try parse(Array(rows.string(row, 10).utf8)), definitionHash: try rows.string(row, 11))
    }
}

extension Statement {
    /// A user's active strategy with the version of this id, the newest when it is nil.
    static func strategy(_ id: String, of userID: String, versionID: Int?) -> Statement {
        Statement(
            """
            SELECT \(Connection.strategyColumns) FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id
            WHERE s.id = $1::uuid AND s.user_id = $2::uuid AND s.is_active AND ($3::int IS NULL OR v.id = $3::int)
            ORDER BY v.version_number DESC LIMIT 1
            """, [.text(id), .text(userID), Parameter(versionID)])
    }
}

extension StrategyRow {
    /// From the answer to a statement for one; nil when there is none.
    init?(_ rows: borrowing Rows) throws {
        guard rows.count == 1 else { return nil }
        self = try Connection.strategy(rows, 0)
    }
}
