/// What tells the series of a metric apart. Its values are all known beforehand: nothing that comes from outside makes a
/// new series.
public struct Label: Sendable, Hashable {
    /// Stands for every value that is not listed, where there is such a value.
    public static let other = "other"

    /// More than one where values belong together, such as the method and path of a route.
    public let names: [String]
    /// One entry a value, with as many words as there are names.
    public let values: [[String]]

    public init(_ name: String, _ values: [String]) { self.init([name], values.map { [$0] }) }

    /// - Parameter isOpen: values that are not listed are counted as ``other``.
    public init(_ name: String, _ values: [String], isOpen: Bool) {
        self.init(name, isOpen ? values.filter { $0 != Self.other } + [Self.other] : values)
    }

    public init(_ names: [String], _ values: [[String]]) {
        precondition(values.allSatisfy { $0.count == names.count }, "words of \(names)")
        precondition(Set(values).count == values.count, "a value of \(names) occurs twice")
        (self.names, self.values) = (names, values)
    }

    public init<Word: RawRepresentable & CaseIterable>(_ name: String, _ words: Word.Type)
    where Word.RawValue == String {
        self.init(name, words.allCases.map(\.rawValue))
    }

    /// The place of a value of several words.
    func index(of words: [String]) -> Int? { values.firstIndex(of: words) }

    /// The place of a value; nil for what is neither listed nor counted as ``other``.
    public func index(of word: String) -> Int? {
        values.firstIndex { $0[0] == word } ?? (values.last == [Self.other] ? values.count - 1 : nil)
    }
}
