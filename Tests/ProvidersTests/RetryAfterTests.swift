import Market
import Testing

@testable import Providers

@Suite struct RetryAfterTests {
    @Test(arguments: [
        ("120", 120 as Int?), ("0", 0), ("", nil), ("-1", nil), ("1.5", nil), (" 1", nil), ("soon", nil),
        ("99999999999999999999999", 86_400), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
        ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
        ("Tue, 08 Nov 1994 08:49:37 GMT", 86_400), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
        ("Sun, 31 Nov 1994 08:49:37 GMT", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
        ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil),
        ("Sun, 06 Nov 1994 25:49:37 GMT", nil),
    ])
    func `says after how many seconds`(_ text: String, _ seconds: Int?) {
        #expect(RetryAfter.seconds(text, now: Instant("1994-11-06T08:49:00Z")!) == seconds)
    }
}
