import Testing

@testable import App

@Suite struct CopyNameTests {
    @Test(arguments: [
        ("Trend", [], "Trend (copy)"),
        ("Trend", ["Trend (copy)"], "Trend (copy 2)"),
        ("Trend (copy)", ["Trend (copy)"], "Trend (copy 2)"),
        ("Trend (copy 2)", ["Trend (copy)", "Trend (copy 2)"], "Trend (copy 3)"),
        ("Trend (fast)", [], "Trend (fast) (copy)"),
        ("Trend (copy that)", [], "Trend (copy that) (copy)"),
        ("(copy)", [], "(copy) (copy)"),
        (" (copy)", [], " (copy) (copy)"),
        (")", [], ") (copy)"),
    ])
    func `a copy counts on from its original`(_ name: String, _ taken: [String], _ expected: String) {
        #expect(CopyName.free(for: name, taken: Set(taken)) == expected)
    }

    @Test func `a long name is cut to make room`() {
        let name = String(repeating: "x", count: 255)
        let first = CopyName.free(for: name, taken: [])
        let second = CopyName.free(for: name, taken: [first])
        #expect(first.unicodeScalars.count == 255 && first.hasSuffix("x (copy)"))
        #expect(second.unicodeScalars.count == 255 && second.hasSuffix("x (copy 2)"))
    }
}
