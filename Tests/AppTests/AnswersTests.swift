import HTTP
import JSON
import Testing

@testable import App

@Suite struct AnswersTests {
    @Test(arguments: [
        ("\"1-1d-7\"", true), ("W/\"1-1d-7\"", true), ("*", true), ("\"x\", \"1-1d-7\"", true),
        ("\"x\" ,W/\"1-1d-7\"", true), ("\"1-1d-6\"", false), ("1-1d-7", false), ("", false),
    ])
    func `a tag the sender holds is known in every form`(_ field: String, _ isFresh: Bool) throws {
        let request = try Request(.get, "/x", fields: ["If-None-Match": field])
        #expect(request.isFresh("\"1-1d-7\"") == isFresh)
        #expect(try !Request(.get, "/x").isFresh("\"1-1d-7\""))
    }

    @Test func `what everyone may see carries a tag that changes with it`() throws {
        func answer(_ words: String, known: String? = nil) throws -> Response {
            let request = try Request(.get, "/x", fields: known.map { ["If-None-Match": $0] } ?? [:])
            return Answer(200, "Words", Form<String>.text)(publicly: words, to: request)
        }
        let first = try answer("one"), tag = try #require(first.fields["ETag"])
        #expect(first.status == 200 && tag.hasPrefix("\"") && tag.hasSuffix("\""))
        #expect(first.fields["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300")
        #expect(first.fields["Vary"] == "Accept")
        let again = try answer("one", known: tag)
        #expect(again.status == 304 && again.body.isEmpty && again.fields["ETag"] == tag)
        #expect(again.fields["Cache-Control"] == first.fields["Cache-Control"])
        let changed = try answer("two", known: tag)
        #expect(changed.status == 200 && changed.fields["ETag"] != tag)
    }

    @Test(arguments: [(2, 2, 2, false), (2, 5, 2, true), (5, 2, 5, false), (0, 3, 0, true)])
    func `a page says how many were asked for and whether there are more`(
        _ limit: Int, _ found: Int, _ told: Int, _ hasMore: Bool
    ) throws {
        let page = try Self.page(Array(repeating: "a", count: found), limit: limit)
        #expect(page["items"]?.arrayValue?.count == min(limit, found))
        #expect(page["limit"]?.numberValue?.int == told)
        #expect(page["has_more"] == .bool(hasMore))
    }

    @Test func `a page ends before it is too large, and says where`() throws {
        let page = try Self.page(Array(repeating: String(repeating: "a", count: 50_000), count: 101), limit: 100)
        let shown = try #require(page["items"]?.arrayValue?.count)
        #expect(shown == 16)
        #expect(page["limit"]?.numberValue?.int == shown)
        #expect(page["has_more"] == .bool(true))
    }

    private static func page(_ items: [String], limit: Int) throws -> Object {
        var json = Writer()
        let page = Page(Window(limit: limit, offset: 0), items)
        Form<Page<String>>.page(of: "items", .text).write(&json, page)
        return try #require(try parse(json.bytes, limits: ParseLimits(maxBytes: 1 << 20)).objectValue)
    }
}
