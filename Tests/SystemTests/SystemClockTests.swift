import Testing

@testable import System

@Suite struct SystemClockTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_709_208_000_123_999, "2024-02-29T12:00:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (253_402_300_799_999_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `writes timestamps`(_ microseconds: Int64, _ text: String) {
        #expect(SystemClock.timestamp(microseconds) == text)
    }

    @Test func `the monotonic clock does not go back`() {
        let times = (0..<1_000).map { _ in SystemClock.monotonicNanoseconds() }
        #expect(times == times.sorted())
        #expect(SystemClock.unixMicroseconds() > 1_700_000_000_000_000)
    }

    @Test func `a deadline counts down to zero`() {
        #expect(Deadline(milliseconds: 0).remainingMilliseconds == 0)
        #expect(Deadline(milliseconds: -5).remainingMilliseconds == 0)
        let later = Deadline(milliseconds: 60_000).remainingMilliseconds
        #expect(later > 0 && later <= 60_000)
    }
}
