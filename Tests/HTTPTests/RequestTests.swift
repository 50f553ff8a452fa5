import HTTP
import Testing

@Suite struct RequestTests {
    @Test(
        arguments: [
            ("/", []),
            ("/api/health/live", ["api", "health", "live"]),
            ("/api/symbols/BTC%2DUSD?x=/../", ["api", "symbols", "BTC-USD"]),
            ("/a%20b/%C3%A9%e2%82%ac/+", ["a b", "é€", "+"]),
            ("/é/...", ["é", "..."]),
        ] as [(String, [String])])
    func `decodes paths`(_ target: String, _ segments: [String]) throws {
        let request = try Request(.get, target)
        #expect(request.segments == segments)
        #expect(request.rawPath == target.prefix { $0 != "?" })
    }

    @Test(
        arguments: [
            "", "*", "api", "http://host/api", "?a=b", "//", "/a//b", "/a/", "/.", "/a/../b", "/a/%2e%2E/b", "/%2E",
            "/a%2fb", "/a%00", "/a\u{0}", "/a%0a", "/a\n", "/a%7F", "/a b", "/a#b", "/%", "/%4", "/%zz", "/%+1", "/%c3",
            "/%C0%AF", "/%ED%A0%80", "/%F4%90%80%80",
        ])
    func `refuses paths`(_ target: String) {
        #expect(throws: RequestError.malformedPath) { try Request(.get, target) }
    }

    @Test(
        arguments: [
            ("", []),
            ("a=1&b=2", [("a", "1"), ("b", "2")]),
            ("&&a&=x&b=&", [("a", ""), ("", "x"), ("b", "")]),
            ("q=a+b%2Bc%26&q=d=e", [("q", "a b+c&"), ("q", "d=e")]),
            ("%C3%A9=%e2%82%ac", [("é", "€")]),
        ] as [(String, [(String, String)])])
    func `decodes queries`(_ text: String, _ items: [(String, String)]) throws {
        let query = try QueryItems(text)
        #expect(query.items.map(\.name) == items.map(\.0))
        #expect(query.items.map(\.value) == items.map(\.1))
        #expect(try Request(.get, "/?\(text)").query == query)
        #expect(try Request(.get, "/", query: text).query == query)
    }

    @Test(arguments: [
        "%", "a=%4", "a=%zz&b=1", "%c3=1", "a=%00", "a=\u{0}", "a=%ff",
        "a=" + String(repeating: "\u{301}", count: 31), String(repeating: "%CC%81", count: 31),
    ])
    func `refuses queries`(_ text: String) {
        #expect(throws: RequestError.malformedQuery) { try Request(.get, "/a?\(text)") }
    }

    @Test func `names duplicate query items`() throws {
        let query = try QueryItems("a=1&b=2&a=3&c=4&c=5&a=6")
        #expect(query["a"] == "1" && query["d"] == nil)
        #expect(query.names == ["a", "b", "c"])
        #expect(query.duplicates == ["a", "c"])
        #expect(try QueryItems("a=1&b=1").duplicates == [])
    }

    @Test(
        arguments: [
            (nil, nil), ("application/json", "application/json"),
            ("Application/JSON; charset=utf-8", "application/json"),
            (" text/csv ;x", "text/csv"), ("", ""),
        ] as [(String?, String?)])
    func `reads the media type`(_ field: String?, _ mediaType: String?) throws {
        var request = try Request(.post, "/")
        request.fields["Content-Type"] = field
        #expect(request.mediaType == mediaType)
    }

    @Test(
        arguments: [
            ("abc.DEF_0-9", true), (String(repeating: "a", count: 64), true),
            (String(repeating: "a", count: 65), false),
            ("", false), ("a b", false), ("é", false), ("a\n", false),
        ])
    func `keeps only a valid request ID`(_ text: String, _ isKept: Bool) throws {
        #expect(try Request(.get, "/", requestID: text).requestID == (isKept ? text : ""))
    }

    @Test func `compares field names without case`() {
        var fields: Fields = ["Content-Type": "a", "X": "1"]
        fields.append("x", "2")
        #expect(fields["content-TYPE"] == "a" && fields["X"] == "1" && fields["Content"] == nil)
        #expect(fields == ["CONTENT-type": "a", "x": "1", "X": "2"])
        fields["X"] = "3"
        #expect(fields == ["Content-Type": "a", "X": "3"])
        fields["x"] = nil
        #expect(fields.items.count == 1)
    }

    @Test(arguments: [
        (RequestError.malformedPath, 400), (.malformedQuery, 400), (.malformedRequest, 400),
        (.malformedContentLength, 400), (.unknownMethod, 405), (.bodyTooLarge(limit: 5), 413),
        (.parametersTooLarge(limit: 5), 431),
    ])
    func `every refusal has a status and a sentence`(_ reason: RequestError, _ status: Int) {
        #expect(reason.status == status)
        #expect(reason.detail.hasSuffix("."))
    }
}
