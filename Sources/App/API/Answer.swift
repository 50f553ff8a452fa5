import Crypto
import HTTP
import JSON

/// One of the answers a route gives: its status, what it means, and the form of what is in it. Handlers make their
/// responses with it, so that what the document says is what is sent.
///
/// ```swift
/// static let found = Answer(200, "The strategy", StrategyRow.form)
/// return found(strategy)
/// ```
struct Answer<Content>: Answering {
    let status: Int
    let about: String
    let type: String
    private(set) var headers: [AnswerHeader] = []
    private let form: Form<Content>

    init(_ status: Int = 200, _ about: String, _ form: Form<Content>) {
        self.status = status
        self.about = about
        self.form = form
        type = "application/json"
    }

    var schema: Schema? { form.schema }

    /// The same, which always brings these header fields along.
    func with(_ headers: AnswerHeader...) -> Answer {
        var answer = self
        answer.headers += headers
        return answer
    }

    /// The same, which anyone may keep for a while, and which is not sent twice to whoever has it.
    var kept: Answer { with(.tag, .cacheControl) }

    /// - Parameter capacity: how large the document will be, about; a right guess saves copies.
    func callAsFunction(_ content: Content, capacity: Int = 512) -> Response {
        .json(status, capacity: capacity) { form.write(&$0, content) }
    }

    /// JSON that anyone may see and keep for a minute, tagged by what it says: 304 to whoever has it already.
    func callAsFunction(publicly content: Content, to request: Request) -> Response {
        var response = self(content)
        let tag = "\"\(hex(Array(Digest.sha256(response.body).prefix(16))))\""
        if request.isFresh(tag) { response = Response(status: 304) }
        response.fields.append("ETag", tag)
        return response.cachedPublicly()
    }
}

/// What the document says of an answer.
protocol Answering: Sendable {
    var status: Int { get }
    var about: String { get }
    var type: String { get }
    /// Of JSON; nil for what has a form of its own.
    var schema: Schema? { get }
    /// What it always brings along.
    var headers: [AnswerHeader] { get }
}

/// An answer that is no JSON, or nothing at all.
struct PlainAnswer: Answering {
    let status: Int
    let about: String
    /// Empty when there is no body.
    let type: String
    var schema: Schema? { nil }
    var headers: [AnswerHeader] = []

    /// 204.
    static func nothing(_ about: String) -> PlainAnswer { PlainAnswer(status: 204, about: about, type: "") }

    /// 303: whatever the browser came with, it goes on with a GET.
    static func elsewhere(_ about: String) -> PlainAnswer {
        PlainAnswer(status: 303, about: about, type: "", headers: [.location])
    }

    static func file(_ about: String, _ type: String) -> PlainAnswer {
        PlainAnswer(status: 200, about: about, type: type, headers: [.disposition])
    }
}

/// A JSON document that is written piece by piece.
struct StreamedAnswer: Answering {
    let status = 200
    let about: String
    let type = "application/json"
    let makeSchema: @Sendable () -> Schema
    let headers: [AnswerHeader] = [.disposition]

    var schema: Schema? { makeSchema() }
}

/// What a file is, and how its name ends.
enum FileType: String { case csv, json }

extension Response {
    /// The head of a file that is sent while it is made.
    static func file(_ type: FileType, _ disposition: String) -> Response {
        let media =
            switch type {
            case .csv: "text/csv; charset=utf-8"
            case .json: "application/json"
            }
        return Response(status: 200, fields: ["Content-Type": media, "Content-Disposition": disposition])
    }

    /// Where what was made or queued is found.
    consuming func at(_ path: String, retryAfterSeconds: Int? = nil) -> Response {
        var response = self
        response.fields.append("Location", path)
        if let retryAfterSeconds { response.fields.append("Retry-After", String(retryAfterSeconds)) }
        return response
    }

    consuming func cachedPublicly() -> Response {
        var response = self
        response.fields.append("Cache-Control", "public, max-age=60, stale-while-revalidate=300")
        response.fields.append("Vary", "Accept")
        return response
    }
}

extension Request {
    /// Whether the sender already holds the answer with this tag, so that 304 will do (RFC 9110, 13.1.2): any of a list,
    /// `*` for whatever there is, and weak tags too, because nginx makes a tag weak when it compresses.
    func isFresh(_ tag: String) -> Bool {
        guard let field = fields["If-None-Match"] else { return false }
        return field.split(separator: ",").contains { part in
            let known = part.trimmed
            return known == "*" || known == tag || known == "W/" + tag
        }
    }
}
