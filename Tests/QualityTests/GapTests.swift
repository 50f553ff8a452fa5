import Market
import Testing

@testable import Quality

/// What is said of bars that are missing, and of those that should not be there.
@Suite struct GapTests {
    @Test(
        arguments: [
            ("no gap", Kind.sessions, Set<Int>(), [String]()),
            ("a session", .sessions, [10], ["info 2020-01-16..2020-01-16 1"]),
            // 2020-01-20 is a holiday.
            ("over a holiday and a weekend", .sessions, [11, 12, 13], ["info 2020-01-17..2020-01-22 3"]),
            ("five sessions are a gap", .sessions, [1, 2, 3, 4, 5], ["info 2020-01-03..2020-01-09 5"]),
            ("six are a hole", .sessions, [1, 2, 3, 4, 5, 6], ["warning 2020-01-03..2020-01-10 6"]),
            ("two gaps", .sessions, [1, 3], ["info 2020-01-03..2020-01-03 1", "info 2020-01-07..2020-01-07 1"]),
            ("five days of a coin", .days, [1, 2, 3, 4, 5], ["info 2020-01-02..2020-01-06 5"]),
            ("six days of a coin", .days, [1, 2, 3, 4, 5, 6], ["warning 2020-01-02..2020-01-07 6"]),
            ("an hour", .hours, [1], ["info 2020-01-01T01:00:00Z..2020-01-01T01:00:00Z 1"]),
            ("a day of hours", .hours, Set(1...24), ["info 2020-01-01T01:00:00Z..2020-01-02T00:00:00Z 24"]),
            ("and an hour", .hours, Set(1...25), ["warning 2020-01-01T01:00:00Z..2020-01-02T01:00:00Z 25"]),
            ("before the first and after the last there is none", .days, [0, 299], []),
        ] as [(String, Kind, Set<Int>, [String])])
    func `gaps are told`(_ case: String, _ kind: Kind, _ missing: Set<Int>, _ told: [String]) {
        let inspection = kind.inspect(quiet(300), missing: missing)
        #expect(inspection.told(.gap, kind.timeframe) == told, "\(`case`)")
        #expect(inspection.missing == missing.subtracting([0, 299]).count)
        #expect(inspection.expected == 300 - missing.intersection([0, 299]).count)
        #expect(inspection.of(.extraBar) == [])
    }

    @Test(
        arguments: [
            ("250 sessions are a hole", Kind.sessions, 250, [String](), 1),
            ("251 make one doubt who it is", .sessions, 251, ["error 2020-01-06..2020-12-31 251"], 0),
            ("250 days of hours", .hours, 6_000, [], 1),
            ("and an hour", .hours, 6_001, ["error 2020-01-01T02:00:00Z..2020-09-07T02:00:00Z 6001"], 0),
        ] as [(String, Kind, Int, [String], Int)])
    func `a very long hole is another thing`(
        _ case: String, _ kind: Kind, _ length: Int, _ told: [String], _ gaps: Int
    ) {
        let inspection = kind.inspect(quiet(length + 4), missing: Set(2..<(2 + length)))
        #expect(inspection.told(.identity, kind.timeframe) == told, "\(`case`)")
        #expect(inspection.of(.gap).count == gaps, "\(`case`)")
    }

    @Test(
        arguments: [
            ("98 % will do", 2, nil), ("less will not", 3, .warning), ("nor will 90 %", 10, .warning),
            ("less is no market", 11, .error),
        ] as [(String, Int, Finding.Severity?)])
    func `coverage is told`(_ case: String, _ missing: Int, _ severity: Finding.Severity?) {
        let coverage = Kind.days.inspect(quiet(100), missing: Set((0..<missing).map { 1 + 2 * $0 })).of(.coverage)
        #expect(coverage.map(\.severity) == (severity.map { [$0] } ?? []), "\(`case`)")
        #expect(coverage.allSatisfy { $0.count == missing && $0.from == Kind.days.slots(2)[1] })
    }

    @Test(
        arguments: [
            ("none is missing", Kind.hours, Set<Int>(), nil),
            ("an hour", .hours, [1], "1 hour of 100 without a bar (99 % are there), on 1 Jan 2020 01:00 UTC"),
            (
                "over a holiday", .sessions, [11, 12, 40],
                "3 sessions of 100 without a bar (97 % are there), in 2 places, at most 2 in a row, from 17 Jan 2020 to 21 Jan 2020"
            ),
            (
                "no market", .days, Set(stride(from: 1, to: 23, by: 2)),
                "11 days of 100 without a bar (89 % are there), in 11 places, at most 1 in a row, on 2 Jan 2020: a result over "
                    + "them is of another market than the one that was traded"
            ),
        ] as [(String, Kind, Set<Int>, String?)])
    func `what a file lacks is told while it is read`(
        _ case: String, _ kind: Kind, _ missing: Set<Int>, _ remark: String?
    ) {
        let slots = kind.slots(100).enumerated().filter { !missing.contains($0.offset) }.map(\.element)
        for stretch in [1, 7, 100] {
            var read = MissingBars(kind.assetType, kind.timeframe, calendar: TradingCalendar())
            for start in stride(from: 0, to: slots.count, by: stretch) {
                let times = slots[start..<min(start + stretch, slots.count)]
                read.add(CandleSeries(zip(times, quiet(times.count)).map { ($0, $1) }))
            }
            #expect((read.expected, read.count) == (100, missing.count))
            #expect(read.remark == remark, "\(`case`)")
        }
    }

    @Test func `what is not known of the past is not held against a series`() {
        // 1985: weekdays without a bar may be holidays, unless there are more than five in a row.
        let days = ["1985-12-20", "1985-12-24", "1985-12-26", "1986-01-06"].map { CalendarDay($0)!.start.microseconds }
        let series = CandleSeries(zip(days, quiet(4)).map { ($0, $1) })
        let inspection = Kind.sessions.inspect(series)
        #expect(inspection.told(.gap, .day) == ["warning 1985-12-27..1986-01-03 6"])
        #expect((inspection.expected, inspection.missing) == (10, 6))
    }

    /// So many sessions, and bars on so many Saturdays.
    private static func withSaturdays(_ sessions: Int, _ saturdays: Int) -> CandleSeries {
        let start = CalendarDay("2020-01-04")!.start.microseconds
        let extra = (0..<saturdays).map { start + Int64($0) * 7 * Timeframe.day.microseconds }
        let times = (Kind.sessions.slots(sessions) + extra).sorted()
        return CandleSeries(zip(times, quiet(times.count)).map { ($0, $1) })
    }

    @Test(
        arguments: [
            ("one on a Saturday", 252, 1, .warning), ("five are few", 30, 5, .warning),
            ("six of 300 are 2 %", 294, 6, .warning), ("six of 299 are another exchange's", 293, 6, .info),
        ] as [(String, Int, Int, Finding.Severity)])
    func `bars on closed days are told`(
        _ case: String, _ sessions: Int, _ saturdays: Int, _ severity: Finding.Severity
    ) {
        let inspection = Kind.sessions.inspect(Self.withSaturdays(sessions, saturdays))
        let extra = inspection.of(.extraBar)
        #expect(extra.count == (severity == .info ? 1 : saturdays), "\(`case`)")
        #expect(extra.allSatisfy { $0.severity == severity })
        #expect(extra.reduce(0) { $0 + $1.count } == saturdays)
        #expect(inspection.missing == 0)
    }

    @Test func `an exchange with other days has no gaps on ours`() {
        // Riyadh: Sunday to Thursday.
        let start = CalendarDay("2020-01-05")!
        let days = (0..<200).compactMap { start.advanced(by: $0) }.filter {
            ![.friday, .saturday].contains($0.weekday)
        }
        let series = CandleSeries(zip(days.map(\.start.microseconds), quiet(days.count)).map { ($0, $1) })
        let inspection = Kind.sessions.inspect(series)
        #expect(inspection.findings.map(\.check) == [.extraBar])
        #expect((inspection.expected, inspection.missing) == (days.count, 0))
    }

    /// London's weekdays, without those of these numbers.
    private static func elsewhere(_ count: Int, without missing: Range<Int> = 0..<0) -> Inspection {
        let start = CalendarDay("2020-01-06")!
        let days = (0...).lazy.compactMap { start.advanced(by: $0) }.filter {
            ![.saturday, .sunday].contains($0.weekday)
        }.prefix(count)
        let kept = days.enumerated().filter { !missing.contains($0.offset) }.map(\.element.start.microseconds)
        let bars = CandleSeries(zip(kept, quiet(kept.count)).map { ($0, $1) })
        return Inspection(of: bars, .equity, .day, calendar: nil)
    }

    @Test(arguments: [
        // 2020-01-20 is a holiday in New York, and no extra bar elsewhere.
        ("whole", 0..<0, [String](), 0), ("ten weekdays may be a feast", 20..<30, [], 0),
        ("eleven are a hole", 20..<31, ["warning 2020-02-03..2020-02-17 11"], 11),
    ])
    func `without a calendar only long holes are told, and that there is none`(
        _ case: String, _ missing: Range<Int>, _ told: [String], _ count: Int
    ) {
        let inspection = Self.elsewhere(700, without: missing)
        #expect(inspection.told(.gap, .day) == told, "\(`case`)")
        #expect(inspection.missing == count && inspection.expected == 700 - (count == 0 ? missing.count : 0))
        let others = inspection.findings.filter { $0.check != .gap }
        #expect(others.map(\.check) == [.coverage] && others[0].severity == .info)
        #expect(others[0].detail.contains("No calendar of the exchange it is listed at is known"))
    }

    @Test func `bars made of too few are told, neighbours as one`() {
        let bars = CandleSeries(zip(Kind.days.slots(200), quiet(200)).map { ($0, $1) }), times = bars.times
        let missing = times[9] + 1
        let found = PartialBars.findings([times[1], times[2], times[5], missing], in: bars, .day)
        #expect(found.map { $0.told(.day) } == ["info 2020-01-02..2020-01-03 2", "info 2020-01-06..2020-01-06 1"])
        #expect(found.allSatisfy { $0.check == .partialBar })
        let many = PartialBars.findings((0..<100).map { times[2 * $0] }, in: bars, .day)
        #expect(many.count == 50 && many.reduce(0) { $0 + $1.count } == 100)
    }

    @Test func `a series with a fault everywhere has few findings`() {
        let inspection = Kind.hours.inspect(quiet(400), missing: Set((0..<199).map { 1 + 2 * $0 }))
        let gaps = inspection.of(.gap)
        #expect(gaps.count == 50)
        #expect(gaps.reduce(0) { $0 + $1.count } == 199)
        #expect(gaps.last?.detail.contains("150 more gaps") == true)
    }

    @Test(arguments: [Kind.sessions, .days, .hours])
    func `of no bar and of one there is nothing to say`(_ kind: Kind) {
        for count in 0...1 {
            let inspection = kind.inspect(quiet(count))
            #expect(inspection.findings == [])
            #expect((inspection.expected, inspection.missing) == (count, 0))
        }
    }
}
