import HTTP
import Testing

@Suite struct CookieTests {
    @Test(arguments: [
        ("a=1", "a", "1"), ("a=1; b=2", "b", "2"), ("a=1;b=2", "b", "2"), ("x=0;  b=2=3", "b", "2=3"), ("b=", "b", ""),
        ("a=1; a=2", "a", "1"), ("A=1", "a", nil), ("ba=1", "a", nil), ("a", "a", nil), ("", "a", nil),
    ])
    func `a cookie is found by its exact name`(_ field: String, _ name: String, _ value: String?) throws {
        let request = try Request(.get, "/", fields: ["Cookie": field])
        #expect(request.cookie(name) == value)
    }

    @Test func `a cookie is bound to the host, unreadable for scripts and never sent in the clear`() {
        var response = Response(status: 204)
        response.set(Cookie("__Host-session", "abc", maxAgeSeconds: 60))
        response.set(.removal(of: "__Host-other"))
        #expect(
            response.fields.items.map(\.value) == [
                "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60",
                "__Host-other=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            ])
    }
}
