import Testing
import Trading

@Suite struct FillModelTests {
    static let cases: [(String, open: Int, high: Int, low: Int, stop: Int?, target: Int?, FilledLevel?)] = [
        ("a bar between the levels fills none", 100, 103, 98, 97, 104, nil),
        ("a low at the stop fills the stop", 100, 103, 97, 97, 104, .stop),
        ("a low through the stop fills the stop", 100, 103, 90, 97, 104, .stop),
        ("a high at the target fills the target", 100, 104, 98, 97, 104, .target),
        ("both levels in one bar fill the stop", 100, 110, 90, 97, 104, .stop),
        ("an open below the stop fills at the open", 96, 103, 95, 97, 104, .stopAtOpen),
        ("an open at the stop is no gap", 97, 103, 95, 97, 104, .stop),
        ("an open above the target fills at the open", 105, 106, 104, 97, 104, .targetAtOpen),
        ("an open at the target is no gap", 104, 106, 104, 97, 104, .target),
        ("an open above the target wins over a low below the stop", 105, 106, 90, 97, 104, .targetAtOpen),
        ("without a stop nothing stops", 50, 60, 40, nil, 104, nil),
        ("without a target nothing is taken", 200, 300, 150, 97, nil, nil),
        ("without levels nothing fills", 1, 1000, 1, nil, nil, nil),
    ]

    @Test(arguments: cases)
    func `fills`(
        _ behaviour: String, open: Int, high: Int, low: Int, stop: Int?, target: Int?, expected: FilledLevel?
    ) {
        #expect(
            FillModel.level(open: open, high: high, low: low, stop: stop, target: target) == expected, "\(behaviour)")
        let scaled = FillModel.level(
            open: Double(open), high: Double(high), low: Double(low), stop: stop.map(Double.init),
            target: target.map(Double.init))
        #expect(scaled == expected, "\(behaviour), in doubles")
    }

    @Test func `a level says whether it is a gap and whether it is the stop`() {
        #expect(FilledLevel.allCases.filter(\.isGap) == [.stopAtOpen, .targetAtOpen])
        #expect(FilledLevel.allCases.filter(\.isStop) == [.stopAtOpen, .stop])
    }
}
