import HTTP
import Testing

@Suite struct RouterTests {
    static let router = Router([
        (.get, "/", "root"),
        (.get, "/api/symbols/search", "search"),
        (.get, "/api/symbols/{symbol}", "symbol"),
        (.delete, "/api/symbols/{ticker}", "delete"),
        (.get, "/api/{kind}/search/all", "all"),
        (.post, "/api/runs/{id}/trades/{trade}", "trade"),
    ])

    @Test(
        arguments: [
            (.get, [], "root", [:]),
            (.get, ["api", "symbols", "search"], "search", [:]),
            (.head, ["api", "symbols", "search"], "search", [:]),
            (.get, ["api", "symbols", "AAPL"], "symbol", ["symbol": "AAPL"]),
            (.delete, ["api", "symbols", "AAPL"], "delete", ["ticker": "AAPL"]),
            (.delete, ["api", "symbols", "search"], "delete", ["ticker": "search"]),
            (.get, ["api", "symbols", "search", "all"], "all", ["kind": "symbols"]),
            (.post, ["api", "runs", "1", "trades", "2"], "trade", ["id": "1", "trade": "2"]),
        ] as [(HTTP.Method, [String], String, [String: String])])
    func `finds`(_ method: HTTP.Method, _ segments: [String], _ endpoint: String, _ parameters: [String: String]) {
        guard case .found(endpoint, parameters) = Self.router.match(method, segments) else {
            Issue.record("\(method) \(segments): \(Self.router.match(method, segments))")
            return
        }
    }

    @Test(
        arguments: [
            (.post, [], [.get, .head]),
            (.put, ["api", "symbols", "search"], [.get, .head, .delete]),
            (.head, ["api", "runs", "1", "trades", "2"], [.post]),
        ] as [(HTTP.Method, [String], [HTTP.Method])])
    func `says which methods a path has`(_ method: HTTP.Method, _ segments: [String], _ allowed: [HTTP.Method]) {
        guard case .methodNotAllowed(let methods) = Self.router.match(method, segments) else {
            Issue.record("\(method) \(segments): \(Self.router.match(method, segments))")
            return
        }
        #expect(methods == allowed)
        #expect(Self.router.methods(segments) == allowed)
    }

    @Test(arguments: [
        ["api"], ["api", "symbols"], ["api", "symbols", "a", "b"], ["API", "symbols", "a"], ["{symbol}"],
    ])
    func `finds nothing`(_ segments: [String]) {
        #expect(Self.router.methods(segments) == [])
        guard case .notFound = Self.router.match(.get, segments) else {
            Issue.record("\(segments): \(Self.router.match(.get, segments))")
            return
        }
    }
}
