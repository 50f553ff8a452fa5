import HTTP
import JSON

/// `GET /api/openapi.json`: OpenAPI 3.1, made from the table of routes.
enum OpenAPI {
    static let route = Route(
        method: .get, path: "/api/openapi.json", access: .open, about: "This description.",
        answers: [.init(status: 200, about: "An OpenAPI 3.1 document", schema: .anything)],
        handler: .direct { call in
            .publicJSON(to: call.request) { json in json.value(document(of: Routes.all)) }
        })

    static func document(of routes: [Route]) -> Value {
        var paths: [(String, [(String, Value)])] = []
        for route in routes {
            let operation = (route.method.rawValue.lowercased(), operation(route))
            if let index = paths.firstIndex(where: { $0.0 == route.path }) {
                paths[index].1.append(operation)
            } else {
                paths.append((route.path, [operation]))
            }
        }
        return [
            "openapi": .string("3.1.0"),
            "info": [
                "title": .string("BitStockerz"), "version": .string(Version.current),
                "description": .string(
                    "Research trading strategies honestly. Times are RFC 3339 UTC, days YYYY-MM-DD."),
            ],
            "paths": .object(Object(paths.map { ($0.0, .object(Object($0.1))) })),
            "components": [
                "schemas": .object(Object(schemas.map { ($0.0, $0.1.value) })),
                "securitySchemes": [
                    "session": [
                        "type": .string("apiKey"), "in": .string("cookie"), "name": .string(Sessions.cookieName),
                        "description": .string(
                            "A signed-in browser; requests that change something must be same-origin"),
                    ],
                    "apiKey": [
                        "type": .string("http"), "scheme": .string("bearer"),
                        "description": .string("A personal API key, bsk_..."),
                    ],
                ],
            ],
        ]
    }

    static let schemas: [(String, Schema)] = [
        ("Problem", problem),
        ("Symbol", SymbolRow.schema),
        ("Series", SeriesRow.schema),
        (
            "Candle",
            .object([
                ("date?", .day), ("timestamp?", .time), ("open", .number), ("high", .number), ("low", .number),
                ("close", .number), ("volume", .number),
            ])
        ),
        ("Readiness", Health.schema),
        ("Strategy", StrategyRow.schema),
        ("StrategyVersion", StrategyVersionRow.schema),
        ("Backtest", BacktestRow.schema),
        ("Profile", ProfileRow.schema),
        ("User", UserRow.schema),
        ("PasskeySignal", ProfileRow.signalSchema),
        ("CeremonyOptions", .object([("public_key", .anything)])),
        ("Job", JobRow.schema),
    ]

    private static let problem = Schema.object([
        ("type", .formatted("uri")), ("title", .text), ("status", .integer()), ("detail?", .text), ("instance", .text),
        ("code", .oneOf(ErrorCode.allCases.map(\.rawValue))), ("request_id", .text),
        ("field_errors?", .list(.object([("field", .text), ("code", .text), ("message", .text)]))),
    ])

    private static func operation(_ route: Route) -> Value {
        var members: [(String, Value)] = [("summary", .string(route.about))]
        switch route.access {
        case .open, .visitor: break
        case .signedIn(let scope, _):
            members.append(("security", .array([["session": []], ["apiKey": .array([.string(scope.rawValue)])]])))
        case .session, .anySession: members.append(("security", .array([["session": []]])))
        }
        if !route.parameters.isEmpty {
            members.append(("parameters", .array(route.parameters.map(parameter))))
        }
        if let body = route.body {
            members.append(
                ("requestBody", ["required": .bool(true), "content": ["application/json": ["schema": body.value]]]))
        }
        var answers: [(String, Value)] = route.answers.map { answer in
            var members: [(String, Value)] = [("description", .string(answer.about))]
            if answer.status != 204 {
                members.append(
                    ("content", .object(Object([(answer.type, ["schema": answer.schema.value])])))
                )
            }
            return (String(answer.status), .object(Object(members)))
        }
        var codes = route.errors + [.internalError, .serviceUnavailable]
        if route.effectiveLimit != nil { codes.append(.rateLimited) }
        switch route.access {
        case .open: break
        case .visitor: codes.append(.forbidden)
        case .signedIn(_, let isConfirmed), .session(let isConfirmed):
            codes += [.unauthorized, .forbidden] + (isConfirmed ? [.reauthenticationRequired] : [])
        case .anySession: codes += [.unauthorized, .forbidden]
        }
        for status in Set(codes.map(\.status)).sorted() where !answers.contains(where: { $0.0 == String(status) }) {
            let names = codes.filter { $0.status == status }.map(\.rawValue)
            answers.append(
                (
                    String(status),
                    [
                        "description": .string(names.joined(separator: ", ")),
                        "content": ["application/problem+json": ["schema": Schema.named("Problem").value]],
                    ]
                ))
        }
        members.append(("responses", .object(Object(answers))))
        return .object(Object(members))
    }

    private static func parameter(_ parameter: Route.Parameter) -> Value {
        [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.isRequired), "description": .string(parameter.about),
            "schema": parameter.schema.value,
        ]
    }
}
