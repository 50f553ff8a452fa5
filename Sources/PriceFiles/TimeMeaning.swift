import Market

/// What the times of a file mean, once it is known.
struct TimeMeaning: Equatable {
    /// What a count since 1970 counts.
    enum Unit: Int64 {
        case seconds = 1_000_000
        case milliseconds = 1_000
        case microseconds = 1
        /// Divided instead.
        case nanoseconds = 0
    }

    var shape: TimeText.Shape
    var order = DateOrder.monthFirst
    var unit = Unit.seconds
    var zone = Zone.utc

    /// Microseconds since 1970.
    struct Moment {
        /// As a clock on the wall shows it.
        let wall: Int64
        let instant: Int64
    }

    enum Reading {
        case moment(Moment)
        /// Why it is none.
        case refused(String)
    }

    func read(_ text: TimeText) -> Reading {
        guard text.shape == shape else { return .refused("is written otherwise than the times before it") }
        if shape == .epoch {
            let count = Int64(text.first)
            let (product, isOver) = count.multipliedReportingOverflow(by: unit.rawValue)
            let instant = unit == .nanoseconds ? count / 1_000 : product
            guard !isOver || unit == .nanoseconds, Self.writable.contains(instant) else {
                return .refused("is not of the years 1 to 9999")
            }
            return .moment(Moment(wall: instant + zone.offset(at: instant), instant: instant))
        }
        guard let day = text.day(order) else { return .refused("is a day that does not exist") }
        let wall = day.start.microseconds + (text.time ?? 0)
        guard text.time != nil else { return .moment(Moment(wall: wall, instant: wall)) }
        guard let instant = text.offset.map({ wall - $0 }) ?? zone.instant(ofLocal: wall) else {
            return .refused("is an hour that clocks in \(zone) skip")
        }
        guard Self.writable.contains(instant) else { return .refused("is not of the years 1 to 9999") }
        return .moment(Moment(wall: wall, instant: instant))
    }

    private static let writable =
        CalendarDay.first.start.microseconds..<(CalendarDay.last.start.microseconds + Timeframe.day.microseconds)

    /// By the largest count of a file: seconds until the year 5138, then milliseconds, and so on.
    static func unit(largest: Int) -> Unit {
        switch largest {
        case ..<100_000_000_000: .seconds
        case ..<100_000_000_000_000: .milliseconds
        case ..<100_000_000_000_000_000: .microseconds
        default: .nanoseconds
        }
    }

    var description: String {
        switch shape {
        case .yearFirst: "YYYY-MM-DD"
        case .points: "DD.MM.YYYY"
        case .numbers: order == .dayFirst ? "day/month/year" : "month/day/year"
        case .named: "with the name of the month"
        case .compact: "YYYYMMDD"
        case .epoch: "\(unit) since 1970"
        }
    }
}

/// What the dates of a whole file say about their order.
struct DateSurvey {
    private(set) var shape: TimeText.Shape?
    private(set) var largest = 0
    /// Days that do not exist, in either order.
    private var failedDayFirst = 0, failedMonthFirst = 0
    /// A line on which the two orders mean different days.
    private var open: (line: Int, text: String)?

    mutating func look(_ text: TimeText, line: Int, _ cell: @autoclosure () -> String) {
        if shape == nil { shape = text.shape }
        switch text.shape {
        case .epoch: largest = max(largest, Int(text.first.magnitude))
        case .numbers:
            let dayFirst = text.day(.dayFirst), monthFirst = text.day(.monthFirst)
            if dayFirst == nil { failedDayFirst += 1 }
            if monthFirst == nil { failedMonthFirst += 1 }
            if open == nil, dayFirst != monthFirst { open = (line, cell()) }
        default: break
        }
    }

    /// - Throws: ``Fault`` when both orders are as good.
    func meaning(_ options: ReadingOptions) throws -> TimeMeaning? {
        guard let shape else { return nil }
        var meaning = TimeMeaning(shape: shape, unit: TimeMeaning.unit(largest: largest), zone: options.zone ?? .utc)
        if let order = options.dateOrder {
            meaning.order = order
        } else if shape == .numbers {
            guard failedDayFirst != failedMonthFirst || open == nil else {
                throw Fault(
                    "whether \(open?.text ?? "") is day/month or month/day cannot be known from this file: say --date-order day-first or month-first",
                    line: open?.line, asks: .dateOrder)
            }
            meaning.order = failedDayFirst < failedMonthFirst ? .dayFirst : .monthFirst
        }
        return meaning
    }
}

/// How times follow each other.
struct TimeTrack {
    private(set) var count = 0
    private(set) var ascending = 0, descending = 0, equal = 0
    private(set) var hasTimeOfDay = false
    private var last: TimeMeaning.Moment?
    private var steps: [Int64: Int] = [:]
    private var lastStep: Int64 = 0, lastCount = 0
    /// Bars on Saturdays and on Sundays.
    private var saturdays = 0, sundays = 0

    /// What is counted of different steps; a hostile file has as many as lines.
    private static let mostSteps = 4_096

    mutating func add(_ moment: TimeMeaning.Moment) {
        count += 1
        if moment.wall % Timeframe.day.microseconds != 0 { hasTimeOfDay = true }
        // 1970-01-01 was a Thursday, a week before it is one too.
        switch (moment.wall / Timeframe.day.microseconds % 7 + 7) % 7 {
        case 2: saturdays += 1
        case 3: sundays += 1
        default: break
        }
        if let last {
            if moment.instant > last.instant {
                ascending += 1
            } else if moment.instant < last.instant {
                descending += 1
            } else {
                equal += 1
            }
            let step = (moment.wall - last.wall).magnitude
            if step > 0 { note(Int64(step)) }
        }
        last = moment
    }

    /// Whether bars come on every day of the week: coins do; exchanges that are open on one day of a weekend rest on the
    /// other.
    var isEveryDay: Bool { count >= 14 && min(saturdays, sundays) * 10 >= count }

    private mutating func note(_ step: Int64) {
        if step == lastStep {
            lastCount += 1
            return
        }
        flush()
        (lastStep, lastCount) = (step, 1)
    }

    private mutating func flush() {
        if lastCount > 0, steps.count < Self.mostSteps || steps[lastStep] != nil {
            steps[lastStep, default: 0] += lastCount
        }
        lastCount = 0
    }

    /// The width of most bars: what most of them follow the one before by, of as many the shorter. nil for a single bar.
    mutating func usualStep() -> Int64? {
        flush()
        return steps.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }

    mutating func shortestStep() -> Int64? {
        flush()
        return steps.keys.min()
    }
}
