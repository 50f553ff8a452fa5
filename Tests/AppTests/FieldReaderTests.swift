import Daemon
import HTTP
import JSON
import Testing

@testable import App

/// What a request is told when something in it is wrong.
@Suite struct FieldReaderTests {
    private struct Span: Equatable {
        let first: Int
        let last: Int
    }

    private static let span = Field<Span>.group(
        .body("first", .integer(1...10)), .body("last", .integer(1...10)), make: span)

    private static func span(_ reader: inout FieldReader, _ first: Int, _ last: Int) -> Span? {
        if first <= last { return Span(first: first, last: last) }
        reader.mistakes.add("last", "OUT_OF_RANGE", "last lies before first.")
        return nil
    }

    private static let content = Field<(String, Span)>.group(.body("name", .text(1...5)), span) { ($1, $2) }

    private static func refusal(_ body: String, query: String = "") throws -> Problem? {
        let request = try Request(
            .post, "/api/things", query: query, fields: ["Content-Type": "application/json"], body: Array(body.utf8))
        let call = try Call(request: request, caller: nil, configuration: Configuration([:]), log: Log(minimum: .error))
        do { _ = try FieldReader.read(content, of: call) } catch let problem as Problem { return problem }
        return nil
    }

    @Test(arguments: [
        ("nothing is wrong", #"{"name":"a","first":1,"last":2}"#, "", []),
        ("a key is missing", #"{"first":1,"last":2}"#, "", ["name MISSING_KEY"]),
        ("null is nothing", #"{"name":null,"first":1,"last":2}"#, "", ["name MISSING_KEY"]),
        ("a key is unknown", #"{"name":"a","first":1,"last":2,"next":3}"#, "", ["next UNKNOWN_KEY"]),
        (
            "a mistake in one place hides none of two that belong together", #"{"name":"","first":3,"last":2}"#, "",
            ["name OUT_OF_RANGE", "last OUT_OF_RANGE"]
        ),
        (
            "each of two that belong together is read", #"{"name":"a","first":0,"last":"x"}"#, "",
            ["first OUT_OF_RANGE", "last WRONG_TYPE"]
        ),
        (
            "a parameter is unknown, and comes twice", #"{"name":"a","first":1,"last":2}"#, "q=1&q=2",
            ["q UNKNOWN_PARAMETER", "q DUPLICATE_PARAMETER"]
        ),
        ("the body is a list", "[]", "", [" WRONG_TYPE"]),
        ("the body is not JSON", #"{"name":"#, "", ["name INVALID_JSON"]),
    ])
    func `every mistake is told in its place`(_ what: String, _ body: String, _ query: String, _ expected: [String])
        throws
    {
        let told = try Self.refusal(body, query: query)?.fieldErrors.map { "\($0.field) \($0.code)" }
        #expect(told ?? [] == expected, "\(what)")
    }

    @Test(arguments: [
        ("aapl", "AAPL"), ("BTC-USD", "BTC-USD"), ("brk.b", "BRK.B"), ("0700", "0700"), ("", nil), ("-A", nil),
        (".A", nil),
        ("A B", nil), ("ß", nil), ("ſ", nil), (String(repeating: "A", count: 33), nil),
    ])
    func `a ticker is one in any case`(_ text: String, _ canonical: String?) {
        #expect(Ticker.canonical(text) == canonical)
    }

    enum Flood: CaseIterable {
        case manyKeys, manyParameters, endlessKey, endlessParameter

        private static let many = 20_000, long = String(repeating: "é\u{301}", count: 30_000)

        var body: String {
            switch self {
            case .manyKeys: "{" + (0..<Self.many).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
            case .endlessKey: "{\"\(Self.long)\":0}"
            case .manyParameters, .endlessParameter: "{}"
            }
        }

        var query: String {
            switch self {
            case .manyKeys, .endlessKey: ""
            case .manyParameters: (0..<Self.many).map { "q\($0)" }.joined(separator: "&")
            case .endlessParameter: Self.long
            }
        }

        /// With the three keys that are missing.
        var mistakes: Int {
            switch self {
            case .manyKeys, .manyParameters: Self.many + 3
            case .endlessKey, .endlessParameter: 4
            }
        }
    }

    @Test(arguments: Flood.allCases)
    func `the first mistakes are listed and the others counted`(_ flood: Flood) throws {
        let problem = try #require(try Self.refusal(flood.body, query: flood.query))
        let more = flood.mistakes - Mistakes.maximumListed
        #expect(problem.detail?.hasPrefix("\(flood.mistakes) mistakes") == true, "\(problem.detail ?? "")")
        if more > 0 {
            #expect(problem.fieldErrors.count == Mistakes.maximumListed + 1)
            #expect(problem.fieldErrors.last == FieldError("", "TOO_MANY_ERRORS", "There are \(more) more mistakes."))
        } else {
            #expect(problem.fieldErrors.count == flood.mistakes)
        }
        #expect(problem.response(instance: "/api/things", requestID: "").body.count < 10_000)
    }

    @Test(arguments: [(1, "There is 1 more mistake."), (2, "There are 2 more mistakes.")])
    func `what is not listed is counted in the right number`(_ more: Int, _ sentence: String) {
        var mistakes = Mistakes()
        for number in 0..<(Mistakes.maximumListed + more) { mistakes.add("a\(number)", "UNKNOWN_KEY", "Unknown.") }
        #expect(mistakes.problem.fieldErrors.last?.message == sentence)
    }
}
