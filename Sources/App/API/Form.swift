import HTTP
import JSON
import Market
import System

/// How values of one kind stand in JSON: the schema that describes them, how they are written and how they are read.
/// What the three say of a kind is said here and nowhere else.
///
/// ```swift
/// let limit = Form<Int>.integer(1...100)
/// let symbols = Form<[String]>.list(of: .ticker)
/// ```
struct Form<Content>: Sendable {
    /// Makes a value of what a request holds at `path`, or remembers why it cannot.
    typealias Reading = @Sendable (_ value: Value, _ path: String, _ mistakes: inout Mistakes) -> Content?

    typealias Checking = @Sendable (_ content: Content, _ path: String, _ mistakes: inout Mistakes) -> Content?

    /// Made anew for each document of the API: a process that answers needs none.
    let makeSchema: @Sendable () -> Schema
    let write: @Sendable (inout Writer, Content) -> Void
    /// Nil for what is only ever answered.
    let read: Reading?

    var schema: Schema { makeSchema() }

    init(
        _ schema: @autoclosure @escaping @Sendable () -> Schema,
        write: @escaping @Sendable (inout Writer, Content) -> Void, read: Reading? = nil
    ) {
        makeSchema = schema
        self.write = write
        self.read = read
    }
}

extension Form {
    /// The value or JSON null. In a request null is the same as nothing; see ``Field``.
    var orNull: Form<Content?> {
        let write = write
        return Form<Content?>(schema.orNull) { json, content in
            if let content { write(&json, content) } else { json.null() }
        }
    }

    /// The same with something else to be said of what is read.
    func checked(_ check: @escaping Form<Content>.Checking) -> Form {
        guard let read else { preconditionFailure("only what can be sent can be checked") }
        return Form(schema, write: write) { value, path, mistakes in
            read(value, path, &mistakes).flatMap { check($0, path, &mistakes) }
        }
    }

    /// The form under a name in the OpenAPI document.
    func named(_ name: String) -> Form { Form(schema.named(name), write: write, read: read) }

    /// The same text or number for another type.
    func map<Other>(
        _ from: @escaping @Sendable (Other) -> Content, to: (@Sendable (Content) -> Other)? = nil
    ) -> Form<Other> {
        let write = write, read = read
        guard let read, let to else { return Form<Other>(schema) { json, other in write(&json, from(other)) } }
        return Form<Other>(schema) { json, other in
            write(&json, from(other))
        } read: { value, path, mistakes in
            read(value, path, &mistakes).map(to)
        }
    }

    /// A kind of text that has a type of its own.
    ///
    /// - Parameters:
    ///   - expected: what it must be, for the sentence "start_date must be …".
    ///   - parse: gives nil for what is none.
    static func text(
        _ schema: @autoclosure @escaping @Sendable () -> Schema, _ expected: String, code: String = "INVALID_FORMAT",
        write: @escaping @Sendable (Content) -> String, parse: @escaping @Sendable (String) -> Content?
    ) -> Form {
        Form(schema()) { json, content in
            json.string(write(content))
        } read: { value, path, mistakes in
            guard let text = mistakes.text(value, path) else { return nil }
            if let content = parse(text) { return content }
            mistakes.add(path, code, "\(path) must be \(expected).")
            return nil
        }
    }

    static func list<Item>(of item: Form<Item>) -> Form<[Item]> where Content == [Item] {
        let write = item.write, read = item.read
        let writing: @Sendable (inout Writer, [Item]) -> Void = { json, items in json.array(items) { write(&$0, $1) } }
        guard let read else { return Form(.list(item.schema), write: writing) }
        return Form(.list(item.schema), write: writing) { value, path, mistakes in
            guard let values = value.arrayValue else {
                mistakes.add(path, "WRONG_TYPE", "\(path) must be an array.")
                return nil
            }
            let items = values.enumerated().map { read($1, "\(path)[\($0)]", &mistakes) }
            return items.contains { $0 == nil } ? nil : items.compactMap { $0 }
        }
    }

    /// Of so many items.
    static func list<Item>(of item: Form<Item>, _ count: ClosedRange<Int>) -> Form<[Item]> where Content == [Item] {
        let list = list(of: item)
        guard let read = list.read else { return Form(.list(item.schema, count), write: list.write) }
        return Form(.list(item.schema, count), write: list.write) { value, path, mistakes in
            if let found = value.arrayValue?.count, !count.contains(found) {
                mistakes.add(
                    path, "OUT_OF_RANGE", "\(path) must have \(count.lowerBound) to \(count.upperBound) entries.")
                return nil
            }
            return read(value, path, &mistakes)
        }
    }

    /// An object with a member for each item, under its name.
    static func byName<Item>(_ item: Form<Item>) -> Form where Content == [(name: String, value: Item)] {
        let write = item.write
        return Form(.dictionary(of: item.schema)) { json, items in
            json.object { json in
                for (name, value) in items {
                    json.key(name)
                    write(&json, value)
                }
            }
        }
    }

    /// A list in which nothing comes twice.
    func distinct<Item: Hashable & Sendable>() -> Form where Content == [Item] {
        Form(schema.with("uniqueItems", true), write: write, read: read).checked { items, path, mistakes in
            var seen: Set<Item> = []
            let again = items.indices.filter { !seen.insert(items[$0]).inserted }
            for index in again {
                mistakes.add("\(path)[\(index)]", "DUPLICATE", "\(path)[\(index)] is in the list already.")
            }
            return again.isEmpty ? items : nil
        }
    }

    /// The same, with words for the document.
    func described(_ about: String) -> Form {
        Form(schema.with("description", .string(about)), write: write, read: read)
    }
}

extension Form where Content: RawRepresentable & CaseIterable & Sendable, Content.RawValue == String {
    /// One of a fixed list of words, in the document under the name of its type.
    static func choice(_ type: Content.Type = Content.self) -> Form {
        let words = Content.allCases.map(\.rawValue)
        // Of a private type Swift also tells the file.
        let name = "\(type)".split { !$0.isLetter }.first.map(String.init) ?? ""
        return .text(
            .words(words).named(name), "one of " + words.joined(separator: ", "), code: "OUT_OF_RANGE",
            write: \.rawValue, parse: { Content(rawValue: $0) })
    }
}

extension Form where Content == String {
    /// Any text; only for answers, because nobody may send without bounds.
    static let text = Form(.type("string")) { json, text in json.string(text) }

    /// A text of so many characters, without control characters other than newline and tab.
    static func text(_ length: ClosedRange<Int>) -> Form { text(length, TextPatterns.text) }

    private static func text(_ length: ClosedRange<Int>, _ pattern: String) -> Form {
        Form(.text(length: length, pattern: pattern)) { json, text in
            json.string(text)
        } read: { value, path, mistakes in
            mistakes.text(value, path, length)
        }
    }

    /// A text that is not blank, without white space at its ends.
    static func filled(_ length: ClosedRange<Int>) -> Form {
        text(length, TextPatterns.filled).checked { text, path, mistakes in
            let trimmed = text.trimmed
            if !trimmed.isEmpty { return trimmed }
            mistakes.add(path, "OUT_OF_RANGE", "\(path) must not be blank.")
            return nil
        }
    }

    /// The same of one line.
    static func line(_ length: ClosedRange<Int>) -> Form {
        text(length, TextPatterns.line).checked { text, path, mistakes in
            let line = text.trimmed
            if !line.isEmpty, !line.unicodeScalars.contains("\n") { return line }
            mistakes.add(path, "INVALID_FORMAT", "\(path) must be one line that is not blank.")
            return nil
        }
    }

    /// A word that never changes.
    static func word(_ word: String) -> Form { Form(.words([word])) { json, _ in json.string(word) } }

    /// In lower case, whatever case it came in.
    static let uuid = text(.text(format: "uuid"), "a UUID", write: { $0 }, parse: { UUID($0)?.text })

    static let uri = Form(.text(format: "uri")) { json, text in json.string(text) }

    /// In upper case, whatever case it came in.
    static let ticker = text(
        .text(pattern: Ticker.pattern), "a ticker such as AAPL or BTC-USD", write: { $0 },
        parse: Ticker.canonical
    ).example("AAPL")

    /// Whole units with two decimals, as the ledger writes them.
    static let money = Form(.text(pattern: Amount.writtenPattern)) { json, text in json.string(text) }

    /// Money as people send it: decimals may be left away.
    static let amount = text(
        .text(pattern: Amount.sentPattern), "an amount such as \"10000.00\"", write: { $0 }, parse: Amount.canonical)

    static let email = text(1...254, TextPatterns.email).checked { text, path, mistakes in
        let email = text.trimmed
        if Users.isEmail(email) { return email }
        mistakes.add(path, "INVALID_FORMAT", "\(path) must be an email address.")
        return nil
    }
}

extension Form where Content == Int {
    static let integer = Form(.type("integer")) { json, number in json.int(number) }

    static func integer(_ range: ClosedRange<Int>) -> Form {
        Form(.integer(range)) { json, number in
            json.int(number)
        } read: { value, path, mistakes in
            let expected = "\(path) must be a whole number from \(range.lowerBound) to \(range.upperBound)."
            guard case .number(let number) = value, let integer = number.int else {
                mistakes.add(path, "WRONG_TYPE", expected)
                return nil
            }
            guard range.contains(integer) else {
                mistakes.add(path, "OUT_OF_RANGE", expected)
                return nil
            }
            return integer
        }
    }
}

extension Form where Content == Double {
    static let number = Form(.type("number")) { json, number in json.double(number) }
}

extension Form where Content == Bool {
    static let flag = Form(.type("boolean")) { json, flag in
        json.bool(flag)
    } read: { value, path, mistakes in
        if let flag = value.boolValue { return flag }
        mistakes.add(path, "WRONG_TYPE", "\(path) must be true or false.")
        return nil
    }
}

extension Form where Content == CalendarDay {
    static let day = text(.text(format: "date"), "a day as YYYY-MM-DD", write: \.description) { CalendarDay($0) }
}

extension Form where Content == Instant {
    static let time = Form(.text(format: "date-time")) { json, time in json.string(time.description) }
}

extension Form where Content == String {
    /// The start of a bar: a day when bars are daily, else a time.
    static let barTime = Form(.anyOf([.text(format: "date"), .text(format: "date-time")])) { json, text in
        json.string(text)
    }
}

extension Form where Content == Value {
    /// A JSON document of somebody else's: a credential, a stored definition.
    static let json = Form(.type("object")) { json, value in
        json.value(value)
    } read: { value, _, _ in
        value
    }
}

extension Mistakes {
    mutating func text(_ value: Value, _ path: String) -> String? {
        if let text = value.stringValue { return text }
        add(path, "WRONG_TYPE", "\(path) must be a string.")
        return nil
    }

    fileprivate mutating func text(_ value: Value, _ path: String, _ length: ClosedRange<Int>) -> String? {
        guard let text = text(value, path) else { return nil }
        guard length.contains(text.unicodeScalars.count) else {
            add(
                path, "OUT_OF_RANGE", "\(path) must have \(length.lowerBound) to \(length.upperBound) characters.")
            return nil
        }
        let hasControl = text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" || $0.value == 127 }
        guard !hasControl else {
            add(path, "INVALID_FORMAT", "\(path) must not contain control characters.")
            return nil
        }
        return text
    }
}
