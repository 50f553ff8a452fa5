import Market

/// How wide the bars of a file are, and of which width bars are made of them.
struct Width: Equatable {
    /// Of the file's bars, microseconds.
    let source: Int64
    let timeframe: Timeframe
    /// Whether several of the file's bars become one.
    var isAggregated: Bool { source < timeframe.microseconds }

    /// - Throws: ``ReadingRefusal`` for bars of which none that are kept can be made.
    init(_ survey: Survey, _ assetType: AssetType, _ options: ReadingOptions) throws {
        let track = survey.track
        let day = Timeframe.day.microseconds, hour = Timeframe.hour.microseconds
        let shortest = survey.steps.shortest ?? 0
        if options.timeframe == nil, track.count > 3, shortest >= 5 * day {
            throw ReadingRefusal(
                "bars are \(Self.text(shortest)) apart: days are needed, or what is shorter (--timeframe 1d takes them for days)",
                asks: .timeframe)
        }
        let usual = survey.steps.usual ?? (track.hasTimeOfDay ? hour : day)
        // Days may have the time of a session's end.
        source = usual >= day || (!track.hasTimeOfDay && shortest >= day) ? day : usual
        guard day % source == 0 else {
            throw ReadingRefusal("bars are \(Self.text(source)) apart, of which neither hours nor days can be made")
        }
        let width = source
        let kept = assetType.timeframes.filter { $0.microseconds >= width && $0.microseconds % width == 0 }
        if let wanted = options.timeframe {
            guard assetType.timeframes.contains(wanted) else {
                throw ReadingRefusal("\(assetType.rawValue) has no bars of \(wanted.rawValue)", asks: .timeframe)
            }
            guard kept.contains(wanted) else {
                throw ReadingRefusal(
                    "the file has bars of \(Self.text(source)), of which none of \(wanted.rawValue) can be made",
                    asks: .timeframe)
            }
            timeframe = wanted
            return
        }
        guard let narrowest = kept.last else {
            throw ReadingRefusal("bars are \(Self.text(source)) apart, of which neither hours nor days can be made")
        }
        timeframe = narrowest
    }

    /// When a bar that is kept is over, at the latest. A share's day is when New York's session ends: what closes earlier that
    /// day is over, too, and midnight of UTC is hours away.
    func end(of start: Int64, _ assetType: AssetType) -> Int64 {
        guard assetType == .equity, timeframe == .day, let day = Instant(microseconds: start).day else {
            return start + timeframe.microseconds
        }
        return NewYorkTime.instant(16 * 60, of: day).microseconds
    }

    static func text(_ width: Int64) -> String {
        let units: [(Int64, String)] = [
            (86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"), (1_000_000, "second"),
            (1, "microsecond"),
        ]
        for (unit, name) in units where width % unit == 0 {
            return counted(Int(width / unit), name)
        }
        return "no time"
    }
}
