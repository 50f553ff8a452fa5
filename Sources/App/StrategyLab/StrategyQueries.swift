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
    let createdAt: Instant
    let updatedAt: Instant
    let version: StrategyVersionRow

    static let form = Form<StrategyRow>.object(
        "Strategy",
        [
            .member("id", .uuid, \.id), .member("name", .text, \.name), .member("description", .text, \.description),
            .member("asset_type", .choice(), \.assetType), .member("timeframe", .choice(), \.timeframe),
        ] + StrategyVersionRow.members.map { $0.of(\.version) } + [
            .member("created_at", .time, \.createdAt), .member("updated_at", .time, \.updatedAt),
        ])

    fileprivate static let columns = """
        s.id, s.lineage_id, s.name, s.description, s.asset_type, s.timeframe, s.created_at, s.updated_at, \
        \(StrategyVersionRow.columns)
        """

    fileprivate init(_ row: inout RowReader) throws {
        (id, lineageID, name, description) = (try row.next(), try row.next(), try row.next(), try row.next())
        (assetType, timeframe) = (try row.next(), try row.next())
        (createdAt, updatedAt, version) = (try row.next(), try row.next(), try row.next(StrategyVersionRow.init))
    }
}

/// One version of a strategy.
struct StrategyVersionRow: Sendable {
    let id: Int
    let number: Int
    let definition: StoredDefinition
    let definitionHash: String
    let createdAt: Instant

    fileprivate static let members: [Member<StrategyVersionRow>] = [
        .member("version_id", .integer, \.id), .member("version_number", .integer, \.number),
        .member("definition", .definition, \.definition.json), .member("definition_hash", .text, \.definitionHash),
        .nullable("summary", .text, \.definition.summary),
    ]

    static let form = Form<StrategyVersionRow>.object(
        "StrategyVersion", members + [.member("created_at", .time, \.createdAt)])

    fileprivate static let columns = "v.id, v.version_number, v.definition_json, v.definition_hash, v.created_at"
}

/// A definition as it is stored: jsonb does not keep the order of keys, so answers write it anew in the canonical order.
struct StoredDefinition: Sendable, ColumnValue {
    private let stored: Value
    /// Nil when this release does not take it; one with ``StrategyDefinition/errors`` is shown, but not run.
    let definition: StrategyDefinition?

    init(_ column: borrowing Column) throws(PostgresError) {
        stored = try Value(column)
        definition = StrategyDefinition.read(stored: stored).0
    }

    var json: Value { definition?.json ?? stored }
    var summary: String? { definition?.summary }
}

/// Which version of a strategy.
enum VersionChoice {
    case newest
    case number(Int)
    case id(Int)
}

extension Query {
    /// A user's active strategy with the version.
    static func strategy(_ id: String, of userID: String, _ version: VersionChoice = .newest) -> Query<StrategyRow?> {
        var number: Int?, versionID: Int?
        switch version {
        case .newest: break
        case .number(let chosen): number = chosen
        case .id(let chosen): versionID = chosen
        }
        return .first(
            """
            SELECT \(StrategyRow.columns) FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id
            WHERE s.id = $1::uuid AND s.user_id = $2::uuid AND s.is_active
              AND ($3::int IS NULL OR v.version_number = $3::int) AND ($4::int IS NULL OR v.id = $4::int)
            ORDER BY v.version_number DESC LIMIT 1
            """, id, userID, number, versionID, read: StrategyRow.init)
    }

    /// A user's active strategies with their newest versions, newest first.
    static func strategies(of userID: String, _ window: Window) -> Query<[StrategyRow]> {
        .all(
            """
            SELECT \(StrategyRow.columns) FROM strategies s
            JOIN LATERAL (SELECT * FROM strategy_versions w WHERE w.strategy_id = s.id
                          ORDER BY w.version_number DESC LIMIT 1) v ON true
            WHERE s.user_id = $1::uuid AND s.is_active ORDER BY s.created_at DESC, s.id LIMIT $2::int OFFSET $3::int
            """, userID, window.probe, window.offset, read: StrategyRow.init)
    }

    /// The versions of a strategy, newest first.
    static func versions(ofStrategy id: String, _ window: Window) -> Query<[StrategyVersionRow]> {
        .all(
            """
            SELECT \(StrategyVersionRow.columns) FROM strategy_versions v
            WHERE v.strategy_id = $1::uuid ORDER BY v.version_number DESC LIMIT $2::int OFFSET $3::int
            """, id, window.probe, window.offset, read: inOrder(StrategyVersionRow.init))
    }
}
