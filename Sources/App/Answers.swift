import HTTP
import JSON

/// The forms in which the API answers (api.md, "Conventions").
extension Response {
    static func json(_ writer: Writer, status: Int = 200) -> Response {
        Response(status: status, contentType: "application/json", body: writer.bytes)
    }

    /// JSON that anyone may see and keep for a minute.
    static func publicJSON(_ write: (inout Writer) throws -> Void) rethrows -> Response {
        var json = Writer()
        try write(&json)
        return Response.json(json).cachedPublicly()
    }

    consuming func cachedPublicly() -> Response {
        var response = self
        response.fields.append("Cache-Control", "public, max-age=60, stale-while-revalidate=300")
        response.fields.append("Vary", "Accept")
        return response
    }
}

extension Writer {
    /// A page of a list. `found` holds one item more than `limit` when there are more.
    mutating func page<Item>(
        _ name: StaticString, _ found: [Item], limit: Int, offset: Int, _ write: (Item, inout Writer) -> Void
    ) {
        beginObject()
        key(name)
        beginArray()
        for item in found.prefix(limit) { write(item, &self) }
        endArray()
        member("limit", limit)
        member("offset", offset)
        member("has_more", found.count > limit)
        endObject()
    }
}
