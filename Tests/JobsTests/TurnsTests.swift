import Testing

@testable import Jobs

@Suite struct TurnsTests {
    /// Capitals are urgent; what is done when each of these kinds always has work.
    private static func done(_ kinds: String, busy: String, jobs: Int) -> String {
        var turns = Turns(Array(kinds)) { $0.isUppercase }
        return String(
            (0..<jobs).compactMap { _ in
                guard let kind = turns.order.first(where: busy.contains) else { return nil }
                turns.serve { $0 == kind }
                return kind
            })
    }

    @Test(arguments: [
        ("AbCd", "AbCd", "ACAbCACdACAbCACd"), ("AbCd", "bd", "bdbdbdbd"), ("AbCd", "AC", "ACACACAC"),
        ("AbCd", "Ab", "AAAbAAAbAAAb"), ("b", "b", "bbbb"), ("A", "A", "AAAAA"), ("AbCd", "", ""),
    ])
    func `urgent kinds come first, equals take turns, and every fourth job is another's`(
        _ kinds: String, _ busy: String, _ expected: String
    ) {
        #expect(Self.done(kinds, busy: busy, jobs: expected.count) == expected)
    }
}
