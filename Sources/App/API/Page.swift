import JSON

/// The part of a list that is asked for.
struct Window: Sendable {
    let limit: Int
    let offset: Int
    /// How many items to look for, so that it is known whether there are more.
    var probe: Int { limit + 1 }
}

/// What a list shows.
struct Page<Item: Sendable>: Sendable {
    let window: Window
    /// One item more than ``Window/limit`` when there are more.
    let found: [Item]

    init(_ window: Window, _ found: [Item]) {
        self.window = window
        self.found = found
    }
}

extension Form {
    /// A page of a list. One that grows too large ends early, and its `limit` says after how many items: an answer holds
    /// at most 900 kB (architecture.md), and no item of a list is larger than the difference.
    static func page<Item>(of name: StaticString, _ item: Form<Item>) -> Form where Content == Page<Item> {
        let pageBytes = 800_000
        return Form(
            .object([
                ("\(name)", .list(item.schema), true), ("limit", .type("integer"), true),
                ("offset", .type("integer"), true), ("has_more", .type("boolean"), true),
            ])
        ) { json, page in
            let (found, limit) = (page.found, page.window.limit)
            json.beginObject()
            json.key(name)
            json.beginArray()
            var shown = 0
            for one in found.prefix(limit) {
                item.write(&json, one)
                shown += 1
                if json.bytes.count > pageBytes { break }
            }
            json.endArray()
            json.member("limit", shown < min(found.count, limit) ? shown : limit)
            json.member("offset", page.window.offset)
            json.member("has_more", found.count > shown)
            json.endObject()
        }
    }
}

extension Field where Content == Window {
    /// Which part of a list is asked for.
    static func window(limit: ClosedRange<Int> = 1...100, default fallback: Int = 50) -> Field {
        .group(
            Field<Int>.query("limit", .integer(limit), default: fallback, "Page size"),
            Field<Int>.query("offset", .integer(0...100_000), default: 0, "How many to skip")
        ) { _, limit, offset in Window(limit: limit, offset: offset) }
    }
}
