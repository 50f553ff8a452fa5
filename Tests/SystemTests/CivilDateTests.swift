import System
import Testing

@Suite struct CivilDateTests {
    @Test(
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (10_957, 2000, 1, 1), (19_782, 2024, 2, 29), (-25_508, 1900, 3, 1),
            (-719_162, 1, 1, 1), (-719_163, 0, 12, 31), (2_932_896, 9999, 12, 31), (-719_528, 0, 1, 1),
            (-735_233, -43, 1, 1),
        ])
    func `counts days both ways`(_ days: Int, _ year: Int, _ month: Int, _ day: Int) throws {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(date == CivilDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
    }

    @Test func `every day follows the one before it`() {
        var before = CivilDate(daysSinceEpoch: -26_664)  // 1896-12-31
        for days in -26_663...49_003 {  // 2104-03-02
            let date = CivilDate(daysSinceEpoch: days)
            let isNext =
                (date.year, date.month, date.day) == (before.year, before.month, before.day + 1)
                || ((date.year, date.month, date.day) == (before.year, before.month + 1, 1) && before.day >= 28)
                || ((date.year, date.month, date.day) == (before.year + 1, 1, 1)
                    && (before.month, before.day) == (12, 31))
            guard isNext, date.daysSinceEpoch == days else {
                Issue.record("\(before) is followed by \(date)")
                return
            }
            before = date
        }
        #expect(before == CivilDate(year: 2104, month: 3, day: 2))
    }

    @Test(arguments: [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0)])
    func `refuses days that do not exist`(_ year: Int, _ month: Int, _ day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (3, "1970-01-01T00:00:00.007Z"), (6, "1970-01-01T00:00:00.007089Z"),
        ])
    func `writes as many digits as asked for`(_ digits: Int, _ text: String) {
        #expect(CivilDate.timestamp(microseconds: 7_089, fractionDigits: digits) == text)
    }
}
