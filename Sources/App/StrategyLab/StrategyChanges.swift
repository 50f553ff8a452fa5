import HTTP
import JSON
import Market
import Postgres
import Strategy

/// What happens to a strategy after it was saved: new versions, copies, the end.
enum StrategyChanges {
    static let update = Route(
        method: .put, path: "/api/strategies/{id}", access: .signedIn(.research),
        about:
            "Changes what is given and leaves the rest. A definition makes a new version; without one there is none.",
        parameters: [.path("id", .uuid, "The strategy")],
        body: .object([
            ("name?", .text), ("description?", Schema.text), ("asset_type?", .oneOf(["EQUITY", "CRYPTO"])),
            ("timeframe?", .oneOf(["1d", "1h"])), ("definition?", .anything),
        ]),
        answers: [.init(status: 200, about: "The strategy as it is now", schema: .named("Strategy"))],
        errors: [
            .validationError, .strategyValidationError, .strategyNotFound, .conflict, .unsupportedMediaType,
            .payloadTooLarge,
        ],
        handler: .database { call, db in
            let amendment = try Amendment(call.request)
            let id = try identifier(call), userID = try call.userID()
            let strategy = try Strategies.namedOnce(amendment.name) {
                try db.amendStrategy(id, of: userID, amendment)
            }
            guard let strategy else { throw notFound(id) }
            return .json(strategy.json)
        })

    static let delete = Route(
        method: .delete, path: "/api/strategies/{id}", access: .signedIn(.research),
        about: "Deletes a strategy. Its runs stay, its trials stay counted, and its name is free again.",
        parameters: [.path("id", .uuid, "The strategy")],
        answers: [.init(status: 204, about: "Deleted", schema: .anything)],
        errors: [.validationError, .strategyNotFound],
        handler: .database { call, db in
            let id = try identifier(call)
            guard try db.deleteStrategy(id, of: call.userID()) else { throw notFound(id) }
            return .noContent
        })

    static let duplicate = Route(
        method: .post, path: "/api/strategies/{id}/duplicate", access: .signedIn(.research),
        about: "Copies the newest version under a free name. A copy is of the same family of trials as its original.",
        parameters: [.path("id", .uuid, "The strategy")],
        answers: [.init(status: 201, about: "The copy", schema: .named("Strategy"))],
        errors: [.validationError, .strategyNotFound],
        handler: .database { call, db in
            let id = try identifier(call), userID = try call.userID()
            guard let copy = try db.duplicateStrategy(id, of: userID) else { throw notFound(id) }
            var response = Response.json(copy.json, status: 201)
            response.fields.append("Location", "/api/strategies/\(copy.id)")
            return response
        })

    static let versions = Route(
        method: .get, path: "/api/strategies/{id}/versions", access: .signedIn(.read),
        about: "The versions of a strategy, newest first.",
        parameters: [
            .path("id", .uuid, "The strategy"),
            .query("limit", .integer(1...100, default: 20), "Page size"),
            .query("offset", .integer(0...100_000, default: 0), "How many to skip"),
        ],
        answers: [
            .init(status: 200, about: "A page", schema: .page(of: "versions", .named("StrategyVersion")))
        ],
        errors: [.validationError, .strategyNotFound],
        handler: .database { call, db in
            var query = QueryReader(call)
            let limit = query.integer("limit", 1...100, default: 20)
            let offset = query.integer("offset", 0...100_000, default: 0)
            try query.mistakes.check()
            let id = try identifier(call), userID = try call.userID()
            guard try db.strategy(id, of: userID, version: nil) != nil else { throw notFound(id) }
            let found = try db.versions(ofStrategy: id, limit: limit + 1, offset: offset)
            var json = Writer()
            json.page("versions", found, limit: limit, offset: offset) { $0.write(into: &$1) }
            return .json(json)
        })

    /// - Throws: ``Problem`` 404 for what can be no strategy's id.
    private static func identifier(_ call: Call) throws -> String {
        let written = call.parameter("id")
        guard let id = UUIDText(written)?.text else { throw notFound(written) }
        return id
    }

    private static func notFound(_ id: String) -> Problem { Problem(.strategyNotFound, "There is no strategy \(id).") }

    /// What a visitor wants changed, each part checked by itself; nil leaves it as it is.
    struct Amendment {
        let name: String?
        let description: String?
        let assetType: AssetType?
        let timeframe: Timeframe?
        let definition: StrategyDefinition?

        /// - Throws: ``Problem``, with every mistake of the form and of the definition.
        init(_ request: Request) throws {
            var body = try ObjectReader(body: request)
            name = body.strategyName(required: false)
            description = body.string("description", 0...10_000, required: false)
            assetType = body.choice("asset_type", AssetType.self, required: false)
            timeframe = body.choice("timeframe", Timeframe.self, required: false)
            let value = body.value("definition")
            body.refuseUnknown()
            definition = try body.definition(value)
        }
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

extension ObjectReader {
    mutating func strategyName(required isRequired: Bool) -> String? {
        let name = string("name", 1...255, required: isRequired)?.trimmed
        if name?.isEmpty == true { mistakes.add("name", "OUT_OF_RANGE", "name must not be blank.") }
        return name
    }

    /// Reads a definition and ends the reading of the form: mistakes of both are told at once, under the code of the
    /// form when it has any.
    ///
    /// - Throws: ``Problem``.
    mutating func definition(_ value: Value?) throws -> StrategyDefinition? {
        let isFormFine = mistakes.isEmpty
        let (definition, errors) = value.map { StrategyDefinition.read($0) } ?? (nil, [])
        for error in errors {
            let path = error.path.isEmpty ? "definition" : "definition." + error.path
            mistakes.add(path, error.code.rawValue, error.message)
        }
        try mistakes.check(isFormFine ? .strategyValidationError : .validationError)
        return definition
    }
}
