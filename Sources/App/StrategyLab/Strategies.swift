import HTTP
import JSON
import Market
import Postgres
import Strategy

/// `/api/strategies` (api.md, "Strategy Lab").
enum Strategies {
    static let indicators = Route(
        method: .get, path: "/api/strategies/indicators", access: .open,
        about: "The catalog of indicators: what the builder offers and the validator takes.",
        answers: [.init(status: 200, about: "The catalog", schema: .object([("indicators", .list(.anything))]))],
        handler: .direct { call in
            .publicJSON(to: call.request) { json in
                json.beginObject()
                json.key("indicators")
                json.beginArray()
                for entry in IndicatorCatalog.all { write(entry, into: &json) }
                json.endArray()
                json.endObject()
            }
        })

    static let validate = Route(
        method: .post, path: "/api/strategies/validate", access: .signedIn(.read),
        about: "Checks a definition, or the newest one of a strategy: every error at once, or its sentence.",
        body: .object([("definition?", .anything), ("strategy_id?", .uuid)]),
        answers: [
            .init(
                status: 200, about: "The verdict",
                schema: .object([
                    ("is_valid", .flag),
                    ("errors", .list(.object([("path", .text), ("code", .text), ("message", .text)]))),
                    ("summary", Schema.text.orNull),
                ]))
        ],
        errors: [.validationError, .strategyNotFound, .unsupportedMediaType, .payloadTooLarge],
        handler: .database { call, db in
            var body = try ObjectReader(body: call.request)
            var definition = body.value("definition")
            let hasStrategy = body.value("strategy_id") != nil
            if hasStrategy == (definition != nil) {
                body.mistakes.add("definition", "MISSING_KEY", "Give either definition or strategy_id.")
            }
            let id = hasStrategy ? body.identifier("strategy_id") : nil
            body.refuseUnknown()
            try body.mistakes.check()
            if let id {
                guard let strategy = try db.strategy(id.text, of: call.userID(), version: nil) else {
                    throw Problem(.strategyNotFound, "There is no strategy \(id.text).")
                }
                definition = strategy.definition
            }
            let (read, errors) = StrategyDefinition.read(definition ?? .null)
            var json = Writer()
            json.beginObject()
            json.member("is_valid", errors.isEmpty)
            json.key("errors")
            json.beginArray()
            for error in errors {
                json.beginObject()
                json.member("path", error.path)
                json.member("code", error.code.rawValue)
                json.member("message", error.message)
                json.endObject()
            }
            json.endArray()
            json.member("summary", read?.summary)
            json.endObject()
            return .json(json)
        })

    static let create = Route(
        method: .post, path: "/api/strategies", access: .signedIn(.research),
        about: "Saves a strategy with its first version.",
        body: .object([
            ("name", .text), ("description?", Schema.text.orNull), ("asset_type", .oneOf(["EQUITY", "CRYPTO"])),
            ("timeframe", .oneOf(["1d", "1h"])), ("definition", .anything),
        ]),
        answers: [.init(status: 201, about: "The strategy", schema: .named("Strategy"))],
        errors: [.validationError, .strategyValidationError, .conflict, .unsupportedMediaType, .payloadTooLarge],
        handler: .database { call, db in
            let draft = try Draft(call.request)
            let id = try namedOnce(draft.name) { try db.insertStrategy(draft, for: call.userID()) }
            guard let strategy = try db.strategy(id, of: call.userID(), version: nil) else {
                throw Problem(.strategyNotFound)
            }
            var response = Response.json(strategy.json, status: 201)
            response.fields.append("Location", "/api/strategies/\(id)")
            return response
        })

    static let list = Route(
        method: .get, path: "/api/strategies", access: .signedIn(.read), about: "Own strategies, newest first.",
        parameters: [
            .query("limit", .integer(1...100, default: 50), "Page size"),
            .query("offset", .integer(0...100_000, default: 0), "How many to skip"),
        ],
        answers: [.init(status: 200, about: "A page", schema: .page(of: "strategies", .named("Strategy")))],
        errors: [.validationError],
        handler: .database { call, db in
            var query = QueryReader(call)
            let limit = query.integer("limit", 1...100, default: 50)
            let offset = query.integer("offset", 0...100_000, default: 0)
            try query.mistakes.check()
            let found = try db.strategies(of: call.userID(), limit: limit + 1, offset: offset)
            var json = Writer()
            json.page("strategies", found, limit: limit, offset: offset) { $0.write(into: &$1) }
            return .json(json)
        })

    static let get = Route(
        method: .get, path: "/api/strategies/{id}", access: .signedIn(.read),
        about: "One strategy with its newest version, or the one asked for.",
        parameters: [
            .path("id", .uuid, "The strategy"),
            .query("version", .integer(1...1_000_000), "A version number; default the newest"),
        ],
        answers: [.init(status: 200, about: "The strategy", schema: .named("Strategy"))],
        errors: [.validationError, .strategyNotFound, .strategyVersionNotFound],
        handler: .database { call, db in
            var query = QueryReader(call)
            let version = query.text("version").map { _ in query.integer("version", 1...1_000_000, default: 1) }
            try query.mistakes.check()
            let id = call.parameter("id")
            guard let id = UUIDText(id)?.text, let newest = try db.strategy(id, of: call.userID(), version: nil) else {
                throw Problem(.strategyNotFound, "There is no strategy \(id).")
            }
            guard let version, version != newest.versionNumber else { return .json(newest.json) }
            guard let strategy = try db.strategy(id, of: call.userID(), version: version) else {
                throw Problem(
                    .strategyVersionNotFound,
                    "The strategy has no version \(version); the newest is \(newest.versionNumber).")
            }
            return .json(strategy.json)
        })

    private static func write(_ entry: IndicatorCatalog.Entry, into json: inout Writer) {
        json.beginObject()
        json.member("type", entry.type.rawValue)
        json.member("name", entry.name)
        json.member("summary", entry.summary)
        json.key("params")
        json.beginArray()
        for parameter in entry.parameters {
            json.beginObject()
            json.member("name", parameter.name)
            json.member("minimum", parameter.bounds.lowerBound)
            json.member("maximum", parameter.bounds.upperBound)
            json.member("default", parameter.standard)
            json.endObject()
        }
        json.endArray()
        json.key("sources")
        json.beginArray()
        for source in entry.sources { json.string(source.rawValue) }
        json.endArray()
        json.member("scale", entry.scale.rawValue)
        json.endObject()
    }

    /// What a visitor wants saved, checked.
    struct Draft {
        let name: String
        let description: String
        let assetType: AssetType
        let timeframe: Timeframe
        let definition: StrategyDefinition

        /// - Throws: ``Problem``, with every mistake of the form and of the definition.
        init(_ request: Request) throws {
            var body = try ObjectReader(body: request)
            let name = body.strategyName(required: true)
            description = body.string("description", 0...10_000, required: false) ?? ""
            let assetType = body.choice("asset_type", AssetType.self)
            let timeframe = body.choice("timeframe", Timeframe.self)
            let value = body.required("definition")
            body.refuseUnknown()
            if assetType == .equity, timeframe == .hour {
                body.mistakes.add("timeframe", "OUT_OF_RANGE", "timeframe must be 1d for EQUITY; hours are for CRYPTO.")
            }
            let definition = try body.definition(value)
            guard let name, let assetType, let timeframe, let definition else { throw Problem(.validationError) }
            (self.name, self.assetType, self.timeframe, self.definition) = (name, assetType, timeframe, definition)
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
