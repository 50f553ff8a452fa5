import HTTP
import JSON
import Testing

@Suite struct ProblemTests {
    @Test func `has the members of RFC 9457 and ours`() throws {
        let problem = Problem(
            status: 400, code: "VALIDATION_ERROR", suffix: "validation-error", title: "Bad input",
            detail: "Two fields are wrong.",
            fieldErrors: [
                FieldError("a[0].b", "required", "is missing"), FieldError("c", "range", "must be 1 to \"5\""),
            ],
            fields: ["Retry-After": "3"])
        let response = problem.response(instance: "/api/x", requestID: "r-1")
        #expect(response.status == 400)
        #expect(response.fields["content-type"] == "application/problem+json")
        #expect(response.fields["cache-control"] == "no-store")
        #expect(response.fields["retry-after"] == "3")
        #expect(
            try parse(response.body) == [
                "type": "https://bitstockerz.dev/errors/validation-error", "title": "Bad input", "status": 400,
                "detail": "Two fields are wrong.", "instance": "/api/x", "code": "VALIDATION_ERROR",
                "request_id": "r-1",
                "field_errors": [
                    ["field": "a[0].b", "code": "required", "message": "is missing"],
                    ["field": "c", "code": "range", "message": "must be 1 to \"5\""],
                ],
            ])
    }

    @Test func `leaves away what it does not know`() throws {
        let response = Problem(status: 404, code: "NOT_FOUND", suffix: "not-found", title: "Not found")
            .response(instance: "/", requestID: "")
        #expect(
            try parse(response.body).objectValue?.names == ["type", "title", "status", "instance", "code"])
    }

    @Test func `answers are JSON`() throws {
        let response = Response.json(201) { $0.object { $0.member("id", 5) } }
        #expect(response.status == 201 && response.fields["Content-Type"] == "application/json")
        #expect(response.body == Array(#"{"id":5}"#.utf8))
        #expect(Response.json(["a": 1]).body == Array(#"{"a":1}"#.utf8))
        #expect(Response.noContent.status == 204 && Response.noContent.body.isEmpty)
    }
}
