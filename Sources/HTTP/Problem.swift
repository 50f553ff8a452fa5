internal import JSON

/// One input that is wrong, and why.
public struct FieldError: Equatable, Sendable {
    /// A path into the body like `conditions[0].value`, or the name of a parameter.
    public let field: String
    /// Stable, for programs.
    public let code: String
    /// For people.
    public let message: String

    public init(_ field: String, _ code: String, _ message: String) {
        self.field = field
        self.code = code
        self.message = message
    }
}

/// A refusal with a stable code, thrown by whoever knows it. See RFC 9457.
///
///     let problem = Problem(status: 409, code: "CONFLICT", suffix: "conflict", title: "It has changed meanwhile")
///     problem.response(instance: "/api/me", requestID: "r1").fields["Content-Type"]     // "application/problem+json"
public struct Problem: Error, Equatable, Sendable {
    public var status: Int
    /// Stable, for programs: `STRATEGY_NOT_FOUND`.
    public var code: String
    /// The last part of the problem type's address: `strategy-not-found`.
    public var suffix: String
    /// The same for every occurrence.
    public var title: String
    /// This occurrence, for people. Never a stack trace, SQL, host name or driver text.
    public var detail: String?
    public var fieldErrors: [FieldError]
    /// Header fields of the answer, such as `Retry-After`.
    public var fields: Fields

    /// The address that problem types live under.
    public static let typeBase = "https://bitstockerz.dev/errors/"

    public init(
        status: Int, code: String, suffix: String, title: String, detail: String? = nil,
        fieldErrors: [FieldError] = [], fields: Fields = .init()
    ) {
        self.status = status
        self.code = code
        self.suffix = suffix
        self.title = title
        self.detail = detail
        self.fieldErrors = fieldErrors
        self.fields = fields
    }

    /// The answer, never to be stored by a cache.
    ///
    /// - Parameters:
    ///   - instance: the path of the request, without its query.
    ///   - requestID: left away when empty.
    public func response(instance: String, requestID: String) -> Response {
        var response = Response.json(status) { writer in
            writer.object { writer in
                writer.member("type", Self.typeBase + suffix)
                writer.member("title", title)
                writer.member("status", status)
                if let detail { writer.member("detail", detail) }
                writer.member("instance", instance)
                writer.member("code", code)
                if !requestID.isEmpty { writer.member("request_id", requestID) }
                if !fieldErrors.isEmpty {
                    writer.key("field_errors")
                    writer.array(fieldErrors) { writer, error in
                        writer.object { writer in
                            writer.member("field", error.field)
                            writer.member("code", error.code)
                            writer.member("message", error.message)
                        }
                    }
                }
            }
        }
        response.fields = ["Content-Type": "application/problem+json", "Cache-Control": "no-store"]
        for item in fields.items { response.fields.append(item.name, item.value) }
        return response
    }
}
