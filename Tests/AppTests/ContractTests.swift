import JSON
import TestSupport
import Testing

@testable import App

/// The check itself: an answer that is not as the document says is found.
@Suite struct ContractTests {
    private static let contract = Contract(OpenAPI.document(of: Routes.all))
    private static let symbol = """
        "symbol": "AAPL", "name": "Apple", "asset_type": "EQUITY", "exchange": null, "currency": "USD", \
        "base_asset": null, "quote_asset": null, "intervals": ["1d"]
        """

    private static func problem(_ status: Int, _ code: String) -> String {
        """
        {"type": "https://bitstockerz.dev/errors/x", "title": "x", "status": \(status), "instance": "/x", \
        "code": "\(code)", "request_id": "x"}
        """
    }

    @Test(arguments: [
        ("as declared", 200, "application/json", "{\(symbol), \"series\": []}", nil as String?),
        ("a member is missing", 200, "application/json", "{\(symbol)}", ".series is missing"),
        ("a member too many", 200, "application/json", "{\(symbol), \"series\": [], \"x\": 1}", ".x is not declared"),
        (
            "another type", 200, "application/json", "{\(symbol), \"series\": null}", ".series is null, not array"
        ),
        (
            "another word", 200, "application/json",
            "{\(symbol.replacing("EQUITY", with: "BOND")), \"series\": []}", ".asset_type is another word"
        ),
        ("another content type", 200, "text/html", "<p>", "is of type text/html"),
        ("another status", 201, "application/json", "{}", "201 is not declared"),
        ("a declared refusal", 404, "application/problem+json", problem(404, "NOT_FOUND"), nil),
        ("an undeclared refusal", 404, "application/problem+json", problem(404, "JOB_NOT_FOUND"), "another word"),
        ("not JSON", 200, "application/json", "{", "is not JSON"),
    ])
    func `what is not as the document says is found`(
        _ what: String, _ status: Int, _ type: String, _ body: String, _ fault: String?
    ) {
        let answer = HTTPClient.Answer(
            status: status,
            fields: [("Content-Type", type), ("ETag", "\"1\""), ("Cache-Control", "public")],
            body: Array(body.utf8))
        let faults = Self.contract.faults("GET", "/api/symbols/AAPL?x=1", answer)
        if let fault {
            #expect(faults.contains { $0.contains(fault) }, "\(what): \(faults)")
        } else {
            #expect(faults == [], "\(what)")
        }
    }

    @Test func `an answer without a header field that it always has is found`() {
        let answer = HTTPClient.Answer(
            status: 200, fields: [("Content-Type", "application/json"), ("ETag", "\"1\"")],
            body: Array("{\(Self.symbol), \"series\": []}".utf8))
        #expect(
            Self.contract.faults("GET", "/api/symbols/AAPL", answer).first?.hasSuffix("without Cache-Control") == true)
    }

    @Test func `the document uses only what the check knows`() {
        let empty = HTTPClient.Answer(
            status: 200, fields: [("Content-Type", "application/json")], body: Array("{}".utf8))
        for route in Routes.all where route.answers.contains(where: { $0.status == 200 && $0.schema != nil }) {
            let faults = Self.contract.faults(route.method.rawValue, route.path, empty)
            #expect(!faults.contains { $0.contains("does not know") }, "\(route.path)")
        }
    }
}
