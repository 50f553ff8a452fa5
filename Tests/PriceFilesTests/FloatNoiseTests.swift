import Testing

@testable import PriceFiles

/// What is computed of numbers is what their texts say: the text is the measure, and too slow to be made of every price.
@Suite struct FloatNoiseTests {
    /// Prices of all sizes, of a few decimals and of many.
    private static func prices(_ count: Int, _ body: (Double) -> Void) {
        var state: UInt64 = 0x5EED
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        for _ in 0..<count {
            let fraction = Double(next()) * 0x1p-53, power = NumberText.powers[Int(next() % 14)]
            let price = fraction * power * 1e-6
            switch next() % 4 {
            case 0: body(price)
            case 1: body(Double(Float(price)))
            default:
                let scale = NumberText.powers[Int(next() % 9)]
                body((price * scale).rounded() / scale)
            }
        }
    }

    private static func number(_ text: String) -> NumberText? {
        let bytes = Array(text.utf8)
        return NumberText(bytes, 0..<bytes.count, .point)
    }

    private static func decimals(_ text: String) -> Int {
        let parts = text.split(separator: "e"), fraction = parts[0].split(separator: ".").last.map(String.init) ?? ""
        let places = fraction == "0" || !parts[0].contains(".") ? 0 : fraction.count
        return max(0, places - (parts.count == 2 ? Int(parts[1]) ?? 0 : 0))
    }

    @Test func `the shortest decimal of a 32-bit float is the one it is written as`() {
        Self.prices(20_000) { price in
            let float = Float(price)
            #expect(FloatNoise.shortest(float) == Double("\(float)"), "\(float)")
        }
    }

    @Test func `decimals are those of the text`() {
        Self.prices(20_000) { price in
            #expect(FloatNoise.decimals(of: price) == Self.decimals("\(price)"), "\(price)")
        }
    }

    @Test func `a number is the double nearest to its text, however many digits it has`() {
        Self.prices(20_000) { price in
            guard !"\(price)".contains("e"), price > 0 else { return }
            for text in ["\(price)", "\(price)3", "-\(price)71", "\(price)49999"] {
                #expect(Self.number(text)?.value == Double(text), "\(text)")
            }
        }
        // In the middle between two doubles, and beside it.
        for text in [
            "9007199254740993.0", "9007199254740993.1", "9007199254740992.9", "4503599627370496.5",
            "4503599627370497.5",
            "4503599627370497.51", "0.1000000000000000055", "0.000000000123456789", "999999999999999999e-18",
        ] {
            #expect(Self.number(text)?.value == Double(text), "\(text)")
        }
    }

    private static func told(_ lines: [String]) throws -> (decimals: String?, report: ReadingReport) {
        let file = try BadInputTests.file(lines.joined(separator: "\n"))
        return (file.understood.facts.first { $0.name == "price decimals" }?.value, try file.bars().report)
    }

    @Test(arguments: [
        (
            ["20240304 00:00,1234501,1300000,1200000,1250000,1", "20240305 00:00,1000000,1300000,1000000,1200000,1"],
            "4"
        ),
        (["date,open,high,low,close", "2024-03-04,1.25,2,1,1.12345678901234"], "14"),
        (["date,open,high,low,close", "2024-03-04,1.25,2,1,1.5"], "2"),
    ])
    func `the decimals of prices are told as they are`(_ lines: [String], _ decimals: String) throws {
        #expect(try Self.told(lines).decimals == decimals)
    }

    @Test func `a high that follows a close is not called rounded`() throws {
        let report = try Self.told([
            "date,open,high,low,close", "2024-03-04,97.1,97.42299954876,96.1,97.42299954876003",
            "2024-03-05,97.12345678912,98.22299954871,96.1,97.12345678912",
        ]).report
        #expect(report.noise == nil && report.refused == [])
        #expect(report.followed?.count == 1 && report.followed?.line == 2)
        #expect(report.followed?.from == 97.42299954876 && report.followed?.to == 97.42299954876003)
    }
}
