import Market

/// At which hours and on which days of the week there are bars.
struct HoursOfWeek {
    /// By the hour of a week that begins on a Thursday, as 1970 did and every week before it.
    private var counts = [Int](repeating: 0, count: 168)
    private var first = Int64.max, last = Int64.min
    private var count = 0

    mutating func add(_ wall: Int64) {
        (first, last, count) = (min(first, wall), max(last, wall), count + 1)
        let width = Timeframe.hour.microseconds, whole = wall / width
        let hour = (wall < whole * width ? whole - 1 : whole) % 168
        counts[Int(hour < 0 ? hour + 168 : hour)] += 1
    }

    private var saturdays: Int { counts[48..<72].reduce(0, +) }
    private var sundays: Int { counts[72..<96].reduce(0, +) }

    /// Whether bars come on every day of the week: coins do; exchanges that are open on one day of a weekend rest on the
    /// other.
    var isEveryDay: Bool { count >= 14 && min(saturdays, sundays) * 10 >= count }

    /// Whether there was a weekend, and hardly a bar on it.
    var restsOnWeekends: Bool {
        count > 0 && last - first >= 7 * Timeframe.day.microseconds && (saturdays + sundays) * 20 < count
    }

    /// Whether there was a night, wherever the exchange is, and hardly a bar in it.
    ///
    /// - Parameter step: from bar to bar.
    func restsAtNight(_ step: Int64) -> Bool {
        guard count >= 8, last - first >= Timeframe.day.microseconds else { return false }
        let hours = (0..<24).map { hour in stride(from: hour, to: 168, by: 24).reduce(0) { $0 + counts[$1] } }
        let few = (hours.max() ?? 0) / 20
        let open = hours.indices.filter { hours[$0] > few }
        let longest = zip(open, open.dropFirst() + [open[0] + 24]).map { $1 - $0 }.max() ?? 0
        return Int64(longest) * Timeframe.hour.microseconds - step >= Self.night
    }

    /// Shorter than between the last bars of one day and the first ones of the next, in summer and in winter.
    private static let night = 4 * Timeframe.hour.microseconds
}
