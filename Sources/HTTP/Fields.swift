/// Header fields in order. Names are compared without case; a name may occur more than once.
///
///     let fields: Fields = ["Content-Type": "text/csv"]
///     fields["content-type"]     // "text/csv"
public struct Fields: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var items: [(name: String, value: String)]

    public init() { items = [] }

    public init(_ items: [(name: String, value: String)]) { self.items = items }

    public init(dictionaryLiteral elements: (String, String)...) { items = elements.map { ($0, $1) } }

    /// The first value of that name. Setting replaces every value; setting nil removes them.
    public subscript(_ name: String) -> String? {
        get {
            for item in items where Self.isSame(item.name, name) { return item.value }
            return nil
        }
        set {
            items.removeAll { Self.isSame($0.name, name) }
            if let newValue { items.append((name, newValue)) }
        }
    }

    /// Adds a value beside those that are there, as `Set-Cookie` needs.
    public mutating func append(_ name: String, _ value: String) { items.append((name, value)) }

    public static func == (a: Fields, b: Fields) -> Bool {
        a.items.elementsEqual(b.items) { isSame($0.name, $1.name) && $0.value == $1.value }
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
