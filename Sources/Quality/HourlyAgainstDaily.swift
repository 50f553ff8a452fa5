import Market

/// A coin's hours against its days: the last hour of a UTC day has to close where the day closes.
///
/// On a day on which that is not so, but the hour s hours off (1 to 14 either way) closes there, the hours may be labelled in
/// another zone. Five such days in a row, or more, are a slip of s hours; days on which the price stood still tell nothing
/// and break nothing. Of the days that no slip explains 95 % have to agree.
public enum HourlyAgainstDaily {
    private static let farthest = 14
    private static let fewestDays = 5
    private static let hour = Timeframe.hour.microseconds
    private static let day = Timeframe.day.microseconds

    /// - Returns: findings about the hours, oldest first.
    public static func findings(hours: CandleSeries, days: CandleSeries) -> [Finding] {
        let compared = compare(hours, days)
        let slips = (-farthest...farthest).filter { $0 != 0 }.flatMap { stretches(slippedBy: $0, in: compared) }
            .sorted { $0.from < $1.from }
        return slips.bounded { others, count in "\(others) more stretches of shifted hours, \(count) days in all." }
            + disagreement(compared, slips)
    }

    /// One day that both series have: by which shifts its close is found among the hours.
    private struct Day {
        let time: Int64
        /// Bit s + 14 says that the hour labelled s hours too early closes where the day does.
        var agreeing: UInt32 = 0
        /// Whether the hours have the last of the day as they are labelled.
        var hasLastHour = false

        func agrees(_ shift: Int) -> Bool { agreeing & (1 << UInt32(shift + HourlyAgainstDaily.farthest)) != 0 }
    }

    /// Walks over all hours once; each is the last of a day for one shift a time of day.
    private static func compare(_ hours: CandleSeries, _ days: CandleSeries) -> [Day] {
        var compared = days.times.map { Day(time: $0) }
        var index = 0
        for (time, close) in zip(hours.times, hours.close) {
            // The earliest day that any shift of this hour can end.
            while index < days.count, days.times[index] + day - hour + Int64(farthest) * hour < time { index += 1 }
            for candidate in index..<min(index + 2, days.count) {
                let shift = (days.times[candidate] + day - hour - time) / hour
                guard (-Int64(farthest)...Int64(farthest)).contains(shift) else { continue }
                if shift == 0 { compared[candidate].hasLastHour = true }
                guard (close / days.close[candidate] - 1).magnitude < 1e-6 else { continue }
                compared[candidate].agreeing |= 1 << UInt32(shift + Int64(farthest))
            }
        }
        return compared.filter { $0.hasLastHour || $0.agreeing != 0 }
    }

    private static func stretches(slippedBy shift: Int, in days: [Day]) -> [Finding] {
        var findings: [Finding] = []
        /// The days that only this shift explains, of the run at hand.
        var run: [Int64] = []
        func end() {
            defer { run = [] }
            guard run.count >= fewestDays, let first = run.first, let last = run.last else { return }
            let size = counted(abs(shift), "hour"), isEarly = shift > 0
            findings.append(
                Finding(
                    .timeZoneSlip, .error, from: first, to: last, count: run.count,
                    "The hours from \(Timeframe.day.written(first)) to \(Timeframe.day.written(last)) are labelled \(size) too "
                        + "\(isEarly ? "early" : "late"): moved by that much they close where the days close. They are probably "
                        + "in local time; import them with their zone."))
        }
        for day in days {
            if day.agrees(shift) {
                if !day.agrees(0) { run.append(day.time) }
            } else {
                end()
            }
        }
        end()
        return findings
    }

    private static func disagreement(_ days: [Day], _ slips: [Finding]) -> [Finding] {
        let unexplained = days.filter { day in
            day.hasLastHour && !slips.contains { ($0.from...$0.to).contains(day.time) }
        }
        let apart = unexplained.filter { !$0.agrees(0) }
        guard apart.count * 100 > unexplained.count * 5, let first = apart.first, let last = apart.last else {
            return []
        }
        let agreeing = Double(unexplained.count - apart.count) / Double(unexplained.count)
        return [
            Finding(
                .hourlyAgainstDaily, .warning, from: first.time, to: last.time, count: apart.count,
                "Hours and days close at the same price on only \(Words.percent(agreeing)) of the days: they are of different "
                    + "venues, or one of them was changed. Take both from one source before you compare results.")
        ]
    }
}
