import Crypto
import HTTP
import JSON
import Market
import Postgres
import Strategy

/// One version of a strategy in a list.
struct StrategyVersionRow: Sendable {
    let id: Int
    let number: Int
    let definition: Value
    let definitionHash: String
    let createdAt: Int64

    static let schema = Schema.object([
        ("version_id", .integer()), ("version_number", .integer()), ("definition", .anything),
        ("definition_hash", .text), ("summary", .text), ("created_at", .time),
    ])

    func write(into json: inout Writer) {
        let read = StrategyDefinition.read(definition).0
        json.beginObject()
        json.member("version_id", id)
        json.member("version_number", number)
        json.key("definition")
        json.value(read?.json ?? definition)
        json.member("definition_hash", definitionHash)
        json.member("summary", read?.summary)
        json.member("created_at", Instant(microseconds: createdAt).description)
        json.endObject()
    }
}

extension Connection {
    /// Changes a user's active strategy and stores its new version, or neither. The strategy's row is locked first, so
    /// that of two updates at once each gets a number of its own.
    ///
    /// - Returns: the strategy with the version just made, or its newest; nil when there is none.
    /// - Throws: ``Problem`` when market and timeframe would not fit together; ``PostgresError`` `.uniqueViolation` when
    ///   the owner has another active strategy of that name.
    mutating func amendStrategy(
        _ id: String, of userID: String, _ amendment: StrategyChanges.Amendment
    ) throws -> StrategyRow? {
        try transaction { db -> StrategyRow? in
            let now = try db.query(
                """
                SELECT asset_type, timeframe FROM strategies WHERE id = $1::uuid AND user_id = $2::uuid AND is_active
                FOR NO KEY UPDATE
                """, [.text(id), .text(userID)])
            guard now.count == 1 else { return nil }
            let assetType = try amendment.assetType?.rawValue ?? now.string(0, 0)
            let timeframe = try amendment.timeframe?.rawValue ?? now.string(0, 1)
            guard let market = AssetType(rawValue: assetType),
                Timeframe(rawValue: timeframe)?.periodsPerYear(of: market) != nil
            else {
                throw Problem.invalid("timeframe", "OUT_OF_RANGE", "timeframe \(timeframe) is not for \(assetType).")
            }
            try db.execute(
                """
                UPDATE strategies SET name = coalesce($2, name), description = coalesce($3, description), asset_type = $4,
                  timeframe = $5, updated_at = clock_timestamp()
                WHERE id = $1::uuid
                """,
                [
                    .text(id), Parameter(amendment.name), Parameter(amendment.description), .text(assetType),
                    .text(timeframe),
                ])
            if let definition = amendment.definition { try db.insertVersion(definition, ofStrategy: id) }
            return try db.strategy(id, of: userID, version: nil)
        }
    }

    /// Stores a definition as the next version. The caller's transaction has made the strategy or locked its row.
    mutating func insertVersion(_ definition: StrategyDefinition, ofStrategy id: String) throws {
        try execute(
            """
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
            SELECT $1::uuid, coalesce(max(version_number), 0) + 1, $2::jsonb, $3 FROM strategy_versions
            WHERE strategy_id = $1::uuid
            """,
            [
                .text(id), .text(String(decoding: definition.json.bytes, as: UTF8.self)),
                .text(hex(Digest.sha256(definition.identityBytes))),
            ])
    }

    /// - Returns: false when the user has no such strategy.
    mutating func deleteStrategy(_ id: String, of userID: String) throws -> Bool {
        try execute(
            """
            UPDATE strategies SET is_active = false, updated_at = clock_timestamp()
            WHERE id = $1::uuid AND user_id = $2::uuid AND is_active
            """, [.text(id), .text(userID)]) == 1
    }

    /// Copies a user's active strategy with its newest version under a free name and in the same lineage.
    ///
    /// - Returns: nil when there is none.
    mutating func duplicateStrategy(_ id: String, of userID: String) throws -> StrategyRow? {
        while true {
            do {
                return try transaction { db -> StrategyRow? in
                    guard let original = try db.strategy(id, of: userID, version: nil) else { return nil }
                    let name = CopyName.free(for: original.name, taken: try db.strategyNames(of: userID))
                    let copy = try db.query(
                        """
                        INSERT INTO strategies (user_id, name, description, asset_type, timeframe, lineage_id)
                        SELECT user_id, $2, description, asset_type, timeframe, lineage_id FROM strategies
                        WHERE id = $1::uuid
                        RETURNING id
                        """, [.text(id), .text(name)]
                    ).string(0, 0)
                    try db.execute(
                        """
                        INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
                        SELECT $1::uuid, 1, definition_json, definition_hash FROM strategy_versions WHERE id = $2::int
                        """, [.text(copy), Parameter(original.versionID)])
                    return try db.strategy(copy, of: userID, version: nil)
                }
            } catch let error as PostgresError {
                // Another request took the name between the look and the insert: the next look sees it.
                guard error.code == .uniqueViolation(constraint: Strategies.nameConstraint) else { throw error }
            }
        }
    }

    private mutating func strategyNames(of userID: String) throws -> Set<String> {
        let rows = try query("SELECT name FROM strategies WHERE user_id = $1::uuid AND is_active", [.text(userID)])
        var names: Set<String> = []
        for row in 0..<rows.count { names.insert(try rows.string(row, 0)) }
        return names
    }

    /// The versions of a strategy, newest first.
    mutating func versions(ofStrategy id: String, limit: Int, offset: Int) throws -> [StrategyVersionRow] {
        let rows = try query(
            """
            SELECT id, version_number, definition_json, definition_hash, created_at FROM strategy_versions
            WHERE strategy_id = $1::uuid ORDER BY version_number DESC LIMIT $2::int OFFSET $3::int
            """, [.text(id), .int(Int64(limit)), .int(Int64(offset))])
        return try (0..<rows.count).map { row in
            StrategyVersionRow(
                id: try rows.int(row, 0), number: try rows.int(row, 1),
                definition: try parse(Array(rows.string(row, 2).utf8)), definitionHash: try rows.string(row, 3),
                createdAt: try rows.microseconds(row, 4))
        }
    }
}

/// How copies are called: "Name (copy)", "Name (copy 2)", ...; a copy of a copy counts on.
enum CopyName {
    private static let longest = 255

    static func free(for name: String, taken: Set<String>) -> String {
        let original = withoutSuffix(name)
        var number = 1
        while true {
            let suffix = number == 1 ? " (copy)" : " (copy \(number))"
            let kept = original.unicodeScalars.prefix(longest - suffix.unicodeScalars.count)
            let candidate = String(String.UnicodeScalarView(kept)) + suffix
            if !taken.contains(candidate) { return candidate }
            number += 1
        }
    }

    private static func withoutSuffix(_ name: String) -> Substring {
        guard name.hasSuffix(")"), let mark = name.lastIndex(of: "("), mark > name.startIndex else { return name[...] }
        let words = name[name.index(after: mark)...].dropLast().split(separator: " ", omittingEmptySubsequences: false)
        let isCopy = words.first == "copy" && (words.count == 1 || words.count == 2 && Int(words[1]) != nil)
        let before = name.index(before: mark)
        return isCopy && name[before] == " " && before > name.startIndex ? name[..<before] : name[...]
    }
}
