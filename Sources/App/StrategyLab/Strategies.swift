import HTTP
import JSON
import Market
import Postgres
import Strategy
import System

/// `/api/strategies` (api.md, "Strategy Lab").
enum Strategies {
    static let found = Answer(200, "The strategy", StrategyRow.form)
    static let made = Answer(201, "The strategy", StrategyRow.form).with(.location)

    private static let catalog = Answer(
        200, "The catalog", .object("indicators", .list(of: IndicatorCatalog.Entry.form))
    ).kept

    static let indicators = Route.direct(
        .get, "/api/strategies/indicators", .open,
        "The catalog of indicators: what the builder offers and the validator takes.", answers: [catalog]
    ) { call in catalog(publicly: IndicatorCatalog.all, to: call.request) }

    private static let verdict = Answer(200, "The verdict", Verdict.form)

    static let validate = Route(
        .post, "/api/strategies/validate", .signedIn(.read),
        "Checks a definition, or the newest one of a strategy: every error at once, or its sentence.",
        takes: Field<Subject>.group(
            .body(optional: "definition", Form<Value>.json, "What to check"),
            .body(optional: "strategy_id", Form<String>.uuid, "Whose newest definition to check"), make: Subject.init),
        answers: [verdict], errors: [.strategyNotFound]
    ) { call, db, subject in
        switch subject {
        case .definition(let definition): return verdict(Verdict(definition))
        case .strategy(let id):
            guard let strategy = try db.run(.strategy(id, of: call.userID())) else { throw Thing.strategy.missing(id) }
            return verdict(Verdict(strategy.version.definition.json))
        }
    }

    static let create = Route(
        .post, "/api/strategies", .signedIn(.research), "Saves a strategy with its first version.",
        takes: Field<Draft>.group(
            .strategyName, .body("description", .strategyDescription, default: ""), .barKind, .definition()
        ) { Draft(name: $1, description: $2, kind: $3, definition: $4) },
        answers: [made], errors: [.conflict, .quotaExceeded]
    ) { call, db, draft in
        let userID = try call.userID()
        let id = try namedOnce(draft.name) { try db.insertStrategy(draft, for: userID, call.configuration) }
        guard let strategy = try db.run(.strategy(id, of: userID)) else { throw Thing.strategy.missing(id) }
        return made(strategy).at("/api/strategies/\(id)")
    }

    private static let page = Answer(200, "A page", .page(of: "strategies", StrategyRow.form))

    static let list = Route(
        .get, "/api/strategies", .signedIn(.read), "Own strategies, newest first.", takes: .window(), answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.strategies(of: call.userID(), window)))) }

    static let get = Route(
        .get, "/api/strategies/{id}", .signedIn(.read), "One strategy with its newest version, or the one asked for.",
        takes: .id(.strategy),
        .query(optional: "version", .integer(1...1_000_000), "A version number; default the newest"),
        answers: [found], errors: [.strategyVersionNotFound]
    ) { call, db, id, version in
        let userID = try call.userID()
        guard let newest = try db.run(.strategy(id, of: userID)) else { throw Thing.strategy.missing(id) }
        guard let version, version != newest.version.number else { return found(newest) }
        guard let strategy = try db.run(.strategy(id, of: userID, .number(version))) else {
            throw Problem(
                .strategyVersionNotFound,
                "The strategy has no version \(version); the newest is \(newest.version.number).")
        }
        return found(strategy)
    }

    /// What a visitor wants checked.
    private enum Subject {
        case definition(Value)
        case strategy(String)

        init?(_ reader: inout FieldReader, _ definition: Value?, _ id: String?) {
            switch (definition, id) {
            case (let definition?, nil): self = .definition(definition)
            case (nil, let id?): self = .strategy(id)
            default:
                reader.mistakes.add("definition", "MISSING_KEY", "Give either definition or strategy_id.")
                return nil
            }
        }
    }

    private struct Verdict {
        let errors: [DefinitionError]
        let summary: String?

        init(_ definition: Value) {
            let (read, errors) = StrategyDefinition.read(definition)
            (self.errors, summary) = (errors, read?.summary)
        }

        static let form = Form<Verdict>.object([
            .member("is_valid", .flag, \.errors.isEmpty),
            .member(
                "errors",
                .list(
                    of: .object([
                        .member("path", .text, \.path), .member("code", .text, \.code.rawValue),
                        .member("message", .text, \.message),
                    ])), \.errors), .nullable("summary", .text, \.summary),
        ])
    }

    /// What a visitor wants saved, checked.
    struct Draft {
        let name: String
        let description: String
        let kind: BarKind
        let definition: StrategyDefinition
    }
}

/// Which bars a strategy is for: the two go together.
struct BarKind: Sendable {
    let assetType: AssetType
    let timeframe: Timeframe
}

extension Field where Content == BarKind {
    fileprivate static let barKind = Field.group(
        Field<AssetType>.body("asset_type", .choice()), Field<Timeframe>.body("timeframe", .choice()), make: kind)

    private static func kind(_ reader: inout FieldReader, _ assetType: AssetType, _ timeframe: Timeframe) -> BarKind? {
        if timeframe.periodsPerYear(of: assetType) != nil { return BarKind(assetType: assetType, timeframe: timeframe) }
        reader.mistakes.add(timeframe, isNotFor: assetType)
        return nil
    }
}

extension Mistakes {
    mutating func add(_ timeframe: Timeframe, isNotFor assetType: AssetType) {
        add("timeframe", "OUT_OF_RANGE", "timeframe \(timeframe.rawValue) is not for \(assetType.rawValue).")
    }
}

extension Form where Content == String {
    fileprivate static let strategyName = filled(1...255)
    static let strategyDescription = text(0...10_000)
}

extension Field where Content == String {
    static let strategyName = Field.body(
        "name", .strategyName.example("Two averages that cross"), "Unique among one's own strategies")
}

extension Field where Content == String? {
    static let optionalStrategyName = Field.body(optional: "name", .strategyName, "Unique among one's own strategies")
}

extension Field where Content == StrategyDefinition {
    /// A definition, with every mistake in it.
    static func definition() -> Field {
        Field<Value>.body("definition", .definition.example(Example.definition), "What the strategy does").map {
            value, reader in
            reader.definition(value)
        }.refused(as: .strategyValidationError)
    }
}

extension Field where Content == StrategyDefinition? {
    static func optionalDefinition() -> Field {
        Field<Value?>.body(optional: "definition", .definition, "A new version").map { value, reader in
            guard let value else { return .some(nil) }
            return reader.definition(value).map { .some($0) }
        }.refused(as: .strategyValidationError)
    }
}

extension FieldReader {
    /// A request whose only mistakes are those of its definition is refused under a code of its own.
    fileprivate mutating func definition(_ value: Value) -> StrategyDefinition? {
        let (definition, errors) = StrategyDefinition.read(value)
        for error in errors {
            if error.code == .tooManyErrors {
                mistakes.add(unlisted: error.count)
                break
            }
            let path = error.path.isEmpty ? "definition" : "definition." + error.path
            mistakes.add(path, error.code.rawValue, error.message, as: .strategyValidationError)
        }
        return definition
    }
}

extension IndicatorCatalog.Entry {
    fileprivate static let form = Form<IndicatorCatalog.Entry>.object(
        "Indicator",
        [
            .member("type", .choice(), \.type), .member("name", .text, \.name), .member("summary", .text, \.summary),
            .member(
                "params",
                .list(
                    of: .object([
                        .member("name", .text, \.name), .member("minimum", .integer, \.bounds.lowerBound),
                        .member("maximum", .integer, \.bounds.upperBound), .member("default", .integer, \.standard),
                    ])), \.parameters), .member("sources", .list(of: .choice()), \.sources),
            .member("scale", .choice(), \.scale),
        ])
}
