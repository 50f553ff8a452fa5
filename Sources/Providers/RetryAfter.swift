public import Market

/// The header field of RFC 9110, 10.2.3: seconds, or a date.
public enum RetryAfter {
    /// In how many seconds one may come back: 0 for a date that has passed, nil for what is neither seconds nor a date in
    /// the form that is sent since 1997 (`Sun, 06 Nov 1994 08:49:37 GMT`).
    public static func seconds(_ text: String, now: Instant) -> Int? {
        if text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
            // Nobody means more than a day; what no longer fits is as good as any such.
            return text.isEmpty ? nil : min(Int(text) ?? .max, maximum)
        }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let month = months.firstIndex(of: String(parts[2])),
            let date = Instant("\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
        else { return nil }
        let (left, isOver) = date.microseconds.subtractingReportingOverflow(now.microseconds)
        return isOver ? nil : Int(min(max(0, left / 1_000_000), Int64(maximum)))
    }

    private static let maximum = 86_400
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
