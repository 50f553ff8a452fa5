import HTTP
import JSON

/// `GET /api/openapi.json`: OpenAPI 3.1, made from the table of routes. What its words do not say programs are told by words
/// of ours: `x-maxBytes` of a body, `x-minItems` and `x-maxItems` of a text that is a list.
public enum OpenAPI {
    /// The document as the route answers it.
    public static var bytes: [UInt8] { document(of: Routes.all).bytes }

    private static let described = Answer(200, "An OpenAPI 3.1 document", Form<Value>.json).kept

    static let route = Route.direct(
        .get, "/api/openapi.json", .open, "This description.", answers: [described]
    ) { call in
        described(publicly: document(of: Routes.all), to: call.request)
    }

    static func document(of routes: [Route]) -> Value {
        var paths = Object()
        var components = problem.components
        for route in routes {
            var operations = paths[route.path]?.objectValue ?? Object()
            operations[route.method.rawValue.lowercased()] = operation(route)
            paths[route.path] = .object(operations)
            for schema in route.answers.compactMap(\.schema) + route.parts.map(\.schema) {
                components.merge(schema.components, uniquingKeysWith: Schema.same)
            }
        }
        let schemas = components.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }
        return [
            "openapi": .string("3.1.0"),
            "info": [
                "title": .string("BitStockerz"), "version": .string(Version.current),
                "description": .string(
                    "Research trading strategies honestly. Times are RFC 3339 UTC, days YYYY-MM-DD."),
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(Object(schemas)),
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

    private static let problem = Schema.object([
        ("type", .text(format: "uri"), true), ("title", .type("string"), true), ("status", .type("integer"), true),
        ("detail", .type("string"), false), ("instance", .type("string"), true),
        ("code", Form<ErrorCode>.choice().schema, true), ("request_id", .type("string"), true),
        (
            "field_errors",
            .list(
                .object([
                    ("field", .type("string"), true), ("code", .type("string"), true),
                    ("message", .type("string"), true),
                ]).named("FieldError")), false
        ),
    ]).named("Problem")

    private static func operation(_ route: Route) -> Value {
        var members: [(String, Value)] = [
            ("operationId", .string(route.name)), ("tags", .array([.string(route.tag)])),
            ("summary", .string(route.about)),
        ]
        switch route.access {
        case .open, .visitor: break
        case .signedIn(let scope):
            members.append(("security", .array([["session": []], ["apiKey": .array([.string(scope.rawValue)])]])))
        case .session, .anySession: members.append(("security", .array([["session": []]])))
        }
        let parameters = route.parts.filter { $0.place != .body }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters.map(parameter)))) }
        let body = route.parts.filter { $0.place == .body }
        if route.hasBody {
            let schema = Schema.object(body.map { ($0.name, described($0), $0.isRequired) })
            var content: Object = ["schema": schema.value]
            content["example"] = Example.body(of: body)
            members.append(
                (
                    "requestBody",
                    [
                        "description": .string("At most \(route.bodyLimit) bytes"), "required": .bool(true),
                        "x-maxBytes": .number(Number(route.bodyLimit)),
                        "content": ["application/json": .object(content)],
                    ]
                ))
        }
        if let file = route.receives {
            members.append(
                (
                    "requestBody",
                    [
                        "description": .string("\(file); at most \(route.bodyLimit) bytes"), "required": .bool(true),
                        "x-maxBytes": .number(Number(route.bodyLimit)),
                        "content": [Route.bytesType: ["schema": Schema.text(format: "binary").value]],
                    ]
                ))
        }
        members.append(("responses", .object(responses(of: route))))
        return .object(Object(members))
    }

    private static func responses(of route: Route) -> Object {
        var responses = Object()
        for answer in route.answers {
            // The same in another form belongs to the answer that was said first.
            let members: [(String, Value)] = [("description", .string(answer.about))]
            let standing = route.isCounted ? AnswerHeader.standing : []
            var response =
                responses[String(answer.status)]?.objectValue
                ?? Object(members + headers(always: answer.headers, perhaps: standing))
            if !answer.type.isEmpty {
                var content = response["content"]?.objectValue ?? Object()
                content[answer.type] = ["schema": (answer.schema ?? .type("string")).value]
                response["content"] = .object(content)
            }
            responses[String(answer.status)] = .object(response)
            if answer.headers.contains(.tag) {
                let kept: [(String, Value)] = [("description", "The asker has it already")]
                responses["304"] = .object(Object(kept + headers(always: answer.headers.filter { $0 != .hasMore })))
            }
        }
        // The web server answers by itself where no responder does, or not in time.
        let refusals = route.errors.map { ($0.status, $0) } + [502, 504].map { ($0, .serviceUnavailable) }
        for status in Set(refusals.map(\.0)).sorted() {
            let codes = refusals.filter { $0.0 == status }.map { Value.string($0.1.rawValue) }
            let refusal: Value = [
                "allOf": .array([
                    .object(["$ref": .string("#/components/schemas/Problem")]),
                    .object(["properties": ["code": ["enum": .array(codes)]]]),
                ])
            ]
            let description = codes.compactMap(\.stringValue).joined(separator: ", ")
            // One status may stand for an answer and for refusals: not ready, and no database.
            let fields = AnswerHeader.ofRefusals[status] ?? []
            var response =
                responses[String(status)]?.objectValue
                ?? Object([("description", .string(description))] + headers(perhaps: fields))
            var content = response["content"]?.objectValue ?? Object()
            content["application/problem+json"] = ["schema": refusal]
            response["content"] = .object(content)
            responses[String(status)] = .object(response)
        }
        return responses
    }

    private static func headers(
        always: [AnswerHeader] = [], perhaps: [AnswerHeader] = []
    ) -> [(String, Value)] {
        let all = always.map { $0.described(isRequired: true) } + perhaps.map { $0.described(isRequired: false) }
        return all.isEmpty ? [] : [("headers", .object(Object(all)))]
    }

    private static func described(_ part: FieldPart) -> Schema {
        part.about.isEmpty ? part.schema : part.schema.with("description", .string(part.about))
    }

    private static func parameter(_ part: FieldPart) -> Value {
        [
            "name": .string(part.name), "in": .string(part.place.rawValue), "required": .bool(part.isRequired),
            "description": .string(part.about), "schema": part.schema.value,
        ]
    }
}
