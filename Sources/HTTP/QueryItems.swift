/// The items of a query string, decoded, in the order they were sent.
public struct QueryItems: Equatable, Sendable {
    public private(set) var items: [(name: String, value: String)]

    public init() { items = [] }

    /// Splits at `&`; plus and percent escapes are decoded; an item without `=` has an empty value.
    public init(_ text: some StringProtocol) throws(RequestError) {
        items = []
        for item in Substring(text).utf8.split(separator: UInt8(ascii: "&")) {
            let end = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            let afterEqualSign = end < item.endIndex ? item.index(after: end) : end
            guard let name = percentDecoded(item[..<end], plusIsSpace: true),
                let value = percentDecoded(item[afterEqualSign...], plusIsSpace: true)
            else { throw .malformedQuery }
            items.append((name, value))
        }
    }

    /// The first value of that name.
    public subscript(_ name: String) -> String? {
        for item in items where item.name == name { return item.value }
        return nil
    }

    /// Each name once, in the order they were sent.
    public var names: [String] {
        var seen: Set<String> = []
        return items.map(\.name).filter { seen.insert($0).inserted }
    }

    /// Names that were sent more than once.
    public var duplicates: [String] {
        var counts: [String: Int] = [:]
        for item in items { counts[item.name, default: 0] += 1 }
        return names.filter { counts[$0]! > 1 }
    }

    public static func == (a: QueryItems, b: QueryItems) -> Bool {
        a.items.elementsEqual(b.items) { $0 == $1 }
    }
}
