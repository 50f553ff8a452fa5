import HTTP
import Market
import Postgres
import Strategy
import System

/// What happens to a strategy after it was saved: new versions, copies, the end.
enum StrategyChanges {
    static let update = Route(
        .put, "/api/strategies/{id}", .signedIn(.research),
        "Changes what is given and leaves the rest. A definition makes a new version; without one there is none.",
        takes: .id(.strategy),
        Field<Amendment>.group(
            .optionalStrategyName, .body(optional: "description", .strategyDescription),
            .body(optional: "asset_type", .choice(AssetType.self)),
            .body(optional: "timeframe", .choice(Timeframe.self)),
            .optionalDefinition(),
            .body(
                optional: "base_version", .integer(1...Int(Int32.max)),
                "The newest version as you know it: with a newer one stored, nothing is changed and the answer is 409.")
        ) {
            Amendment(name: $1, description: $2, assetType: $3, timeframe: $4, definition: $5, baseVersion: $6)
        },
        answers: [Strategies.found], errors: [.conflict, .quotaExceeded]
    ) { call, db, id, amendment in
        let userID = try call.userID()
        let strategy = try Strategies.namedOnce(amendment.name) {
            try db.amendStrategy(id, of: userID, amendment, call.configuration)
        }
        guard let strategy else { throw Thing.strategy.missing(id) }
        return Strategies.found(strategy)
    }

    private static let deleted = PlainAnswer.nothing("Deleted")

    static let delete = Route(
        .delete, "/api/strategies/{id}", .signedIn(.research),
        "Deletes a strategy. Its runs stay, its trials stay counted, and its name is free again.",
        takes: .id(.strategy), answers: [deleted]
    ) { call, db, id in
        guard try db.deleteStrategy(id, of: call.userID()) else { throw Thing.strategy.missing(id) }
        return .noContent
    }

    private static let copied = Answer(201, "The copy", StrategyRow.form).with(.location)

    static let duplicate = Route(
        .post, "/api/strategies/{id}/duplicate", .signedIn(.research),
        "Copies the newest version under a free name. A copy is of the same family of trials as its original.",
        takes: .id(.strategy), answers: [copied], errors: [.quotaExceeded]
    ) { call, db, id in
        guard let copy = try db.duplicateStrategy(id, of: call.userID(), call.configuration) else {
            throw Thing.strategy.missing(id)
        }
        return copied(copy).at("/api/strategies/\(copy.id)")
    }

    private static let page = Answer(200, "A page", .page(of: "versions", StrategyVersionRow.form))

    static let versions = Route(
        .get, "/api/strategies/{id}/versions", .signedIn(.read), "The versions of a strategy, newest first.",
        takes: .id(.strategy), .window(default: 20), answers: [page]
    ) { call, db, id, window in
        let (strategy, found) = try db.snapshot(.strategy(id, of: call.userID()), .versions(ofStrategy: id, window))
        guard strategy != nil else { throw Thing.strategy.missing(id) }
        return page(Page(window, found))
    }

    /// What a visitor wants changed, each part checked by itself; nil leaves it as it is.
    struct Amendment {
        let name: String?
        let description: String?
        let assetType: AssetType?
        let timeframe: Timeframe?
        let definition: StrategyDefinition?
        /// What the visitor takes for the newest version; nil: whatever it is.
        let baseVersion: Int?
    }
}

extension Strategies {
    /// Saves something under a name.
    ///
    /// - Throws: ``Problem`` 409 when the owner has another strategy of that name.
    static func namedOnce<T>(_ name: String?, _ save: () throws -> T) throws -> T {
        do { return try save() } catch let error as PostgresError {
            guard case .uniqueViolation(let constraint) = error.code, constraint == nameConstraint, let name else {
                throw error
            }
            throw Problem(
                .conflict, "You already have a strategy named \"\(name)\".",
                fieldErrors: [FieldError("name", "NAME_TAKEN", "You already have a strategy of this name.")])
        }
    }

    static let nameConstraint = "strategies_user_name_key"
}
