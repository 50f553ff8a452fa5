import Crypto
import HTTP
import JSON
import Market
import Postgres
import Strategy

// Whoever changes strategies takes the row of what is counted of their owner first (``Query/lockingUsage(of:)``), and only
// then theirs and their names: changes of one user wait for each other there, so none holds a name that another wants while
// it waits for the count.

extension Connection {
    /// Changes a user's active strategy and stores its new version, or neither. Of two updates at once each gets a number
    /// of its own.
    ///
    /// - Returns: the strategy with the version just made, or its newest; nil when there is none.
    /// - Throws: ``Problem`` when market and timeframe would not fit together, or a newer version is stored than the
    ///   amendment knows of; ``PostgresError`` `.uniqueViolation` when the owner has another active strategy of that name.
    mutating func amendStrategy(
        _ id: String, of userID: String, _ amendment: StrategyChanges.Amendment, _ configuration: Configuration
    ) throws -> StrategyRow? {
        let market = Query.first(
            """
            SELECT asset_type, timeframe FROM strategies WHERE id = $1::uuid AND user_id = $2::uuid AND is_active
            FOR NO KEY UPDATE
            """, id, userID
        ) { row in (try row.next(AssetType.self), try row.next(Timeframe.self)) }
        return try transaction(
            opening: .lockingUsage(of: userID), .usage(of: userID), market
        ) { db, _, before, now -> StrategyRow? in
            guard let now else { return nil }
            // Not in the statement that waits for the lock: it would see the versions of before it waited.
            if let known = amendment.baseVersion {
                let newest = try db.run(.newestVersion(ofStrategy: id))
                guard newest == known else { throw Problem.versionMoved(from: known, to: newest) }
            }
            let assetType = amendment.assetType ?? now.0, timeframe = amendment.timeframe ?? now.1
            guard timeframe.periodsPerYear(of: assetType) != nil else {
                var mistakes = Mistakes()
                mistakes.add(timeframe, isNotFor: assetType)
                throw mistakes.problem
            }
            try db.run(
                .change(
                    """
                    UPDATE strategies SET name = coalesce($2, name), description = coalesce($3, description),
                      asset_type = $4, timeframe = $5, updated_at = clock_timestamp()
                    WHERE id = $1::uuid
                    """, id, amendment.name, amendment.description, assetType, timeframe))
            if let definition = amendment.definition { try db.run(.insertingVersion(definition, ofStrategy: id)) }
            let (strategy, usage) = try db.run(.strategy(id, of: userID), .usage(of: userID))
            try usage?.checkStrategies(configuration, since: before)
            return strategy
        }
    }

    /// Stores a strategy and its version 1, or neither. An identical definition of the owner's gives its lineage on:
    /// trying it under another name is no new family of trials.
    ///
    /// - Throws: ``Problem`` 401 when the account was deleted meanwhile, and for a quota; ``PostgresError``
    ///   `.uniqueViolation` when the owner has an active strategy of that name.
    mutating func insertStrategy(
        _ draft: Strategies.Draft, for userID: String, _ configuration: Configuration
    ) throws -> String {
        let strategy = Query<String>.value(
            """
            INSERT INTO strategies (user_id, name, description, asset_type, timeframe, lineage_id)
            VALUES ($1::uuid, $2, $3, $4, $5, coalesce(
              (SELECT s.lineage_id FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id
               WHERE s.user_id = $1::uuid AND v.definition_hash = $6 ORDER BY s.created_at LIMIT 1),
              gen_random_uuid()))
            RETURNING id
            """, userID, draft.name, draft.description, draft.kind.assetType, draft.kind.timeframe,
            draft.definition.identityHash)
        return try transaction(
            opening: .holdingUser(userID), .lockingUsage(of: userID), strategy
        ) { db, _, _, id in
            try db.run(.insertingVersion(draft.definition, ofStrategy: id), .usage(of: userID)).1?
                .checkStrategies(configuration)
            return id
        }
    }

    /// Copies a user's active strategy with its newest version under a free name and in the same lineage.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: ``Problem`` 401 when the account was deleted meanwhile, and for a quota.
    mutating func duplicateStrategy(
        _ id: String, of userID: String, _ configuration: Configuration
    ) throws -> StrategyRow? {
        try transaction(
            opening: .holdingUser(userID), .lockingUsage(of: userID), .strategy(id, of: userID),
            .strategyNames(of: userID)
        ) { db, _, _, original, names -> StrategyRow? in
            guard let original else { return nil }
            let copy = try db.run(
                Query<String>.value(
                    """
                    INSERT INTO strategies (user_id, name, description, asset_type, timeframe, lineage_id)
                    SELECT user_id, $2, description, asset_type, timeframe, lineage_id FROM strategies WHERE id = $1::uuid
                    RETURNING id
                    """, id, CopyName.free(for: original.name, taken: Set(names))))
            let version = Query.change(
                """
                INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
                SELECT $1::uuid, 1, definition_json, definition_hash FROM strategy_versions WHERE id = $2::int
                """, copy, original.version.id)
            let (_, made, usage) = try db.run(version, .strategy(copy, of: userID), .usage(of: userID))
            try usage?.checkStrategies(configuration)
            return made
        }
    }

    /// Makes a user's strategy inactive; false when there is none.
    mutating func deleteStrategy(_ id: String, of userID: String) throws -> Bool {
        let deletion = Query.change(
            """
            UPDATE strategies SET is_active = false, updated_at = clock_timestamp()
            WHERE id = $1::uuid AND user_id = $2::uuid AND is_active
            """, id, userID)
        return try run(.lockingUsage(of: userID), deletion).1 == 1
    }
}

extension Query {
    /// Stores a definition as the next version. The caller's transaction has made the strategy or locked its row.
    fileprivate static func insertingVersion(_ definition: StrategyDefinition, ofStrategy id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
            SELECT $1::uuid, coalesce(max(version_number), 0) + 1, $2::jsonb, $3 FROM strategy_versions
            WHERE strategy_id = $1::uuid
            """, id, definition.json, definition.identityHash)
    }

    fileprivate static func newestVersion(ofStrategy id: String) -> Query<Int> {
        .value("SELECT max(version_number) FROM strategy_versions WHERE strategy_id = $1::uuid", id)
    }

    fileprivate static func strategyNames(of userID: String) -> Query<[String]> {
        .values("SELECT name FROM strategies WHERE user_id = $1::uuid AND is_active", userID)
    }
}

extension Problem {
    fileprivate static func versionMoved(from known: Int, to newest: Int) -> Problem {
        Problem(
            .conflict, "Version \(newest) is the newest; the change was made to version \(known).",
            fieldErrors: [
                FieldError(
                    "base_version", "VERSION_MOVED", "Version \(newest) is the newest. Look at it, then save again.")
            ])
    }
}

extension StrategyDefinition {
    /// SHA-256, hex, of what the definition means: ids and order of conditions do not matter (statistics.md).
    var identityHash: String { hex(Digest.sha256(identityBytes)) }
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
