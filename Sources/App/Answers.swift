import Crypto
import HTTP
import JSON

/// The forms in which the API answers (api.md, "Conventions").
extension Response {
    static func json(_ writer: Writer, status: Int = 200) -> Response {
        Response(status: status, contentType: "application/json", body: writer.bytes)
    }

    /// JSON that anyone may see and keep for a minute, tagged by what it says: 304 to whoever has it already.
    static func publicJSON(to request: Request, _ write: (inout Writer) throws -> Void) rethrows -> Response {
        var json = Writer()
        try write(&json)
        let tag = "\"\(hex(Array(Digest.sha256(json.bytes).prefix(16))))\""
        var response = request.isFresh(tag) ? Response(status: 304) : Response.json(json)
        response.fields.append("ETag", tag)
        return response.cachedPublicly()
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

extension Writer {
    /// An answer holds at most 900 kB (architecture.md), and no item of a list is larger than the difference.
    private static let pageBytes = 800_000

    /// A page of a list. `found` holds one item more than `limit` when there are more. A page that grows too large ends
    /// early, and its `limit` says after how many items.
    mutating func page<Item>(
        _ name: StaticString, _ found: [Item], limit: Int, offset: Int, _ write: (Item, inout Writer) -> Void
    ) {
        beginObject()
        key(name)
        beginArray()
        var shown = 0
        for item in found.prefix(limit) {
            write(item, &self)
            shown += 1
            if bytes.count > Self.pageBytes { break }
        }
        endArray()
        member("limit", shown < min(found.count, limit) ? shown : limit)
        member("offset", offset)
        member("has_more", found.count > shown)
        endObject()
    }
}
