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
        /// Of two that clocks show so the earlier.
        let instant: Int64
        /// The other one; else the same.
        let later: Int64
        /// Whether what is written says nothing of a place: a count since 1970, or a time of UTC.
        let isUniversal: Bool

        init(wall: Int64, instant: Int64, later: Int64? = nil, isUniversal: Bool = false) {
            (self.wall, self.instant, self.later, self.isUniversal) = (wall, instant, later ?? instant, isUniversal)
        }
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
            guard !isOver || unit == .nanoseconds, Instant.known.contains(instant) else {
                return Self.unknown
            }
            return .moment(Moment(wall: instant + zone.offset(at: instant), instant: instant, isUniversal: true))
        }
        guard let day = text.day(order) else { return .refused("is a day that does not exist") }
        let wall = day.start.microseconds + (text.time ?? 0)
        guard text.time != nil else { return .moment(Moment(wall: wall, instant: wall)) }
        let told = text.offset.map { wall - $0 }
        guard let instants = told.map({ $0...$0 }) ?? zone.instants(ofLocal: wall) else {
            return .refused("is an hour that clocks in \(zone) skip")
        }
        let (instant, later) = (instants.lowerBound, instants.upperBound)
        guard Instant.known.contains(instant) else { return Self.unknown }
        return .moment(Moment(wall: wall, instant: instant, later: later, isUniversal: text.offset == 0))
    }

    private static let unknown = Reading.refused("is not of the years 1 to 9999")

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
    /// Of counts: the range, whether all are whole minutes, and the line of the first.
    private var counts: ClosedRange<Int>?, areMinutes = true, firstCount: Int?
    /// Days that do not exist, in either order.
    private var failedDayFirst = 0, failedMonthFirst = 0
    /// A line on which the two orders mean different days.
    private var open: (line: Int, text: String)?

    mutating func look(_ text: TimeText, line: Int, _ cell: @autoclosure () -> String) {
        if shape == nil { shape = text.shape }
        switch text.shape {
        case .epoch:
            largest = max(largest, Int(text.first.magnitude))
            let count = text.first
            counts = counts.map { min($0.lowerBound, count)...max($0.upperBound, count) } ?? count...count
            if count % 60 != 0 { areMinutes = false }
            firstCount = firstCount ?? line
        case .numbers:
            let dayFirst = text.day(.dayFirst), monthFirst = text.day(.monthFirst)
            if dayFirst == nil { failedDayFirst += 1 }
            if monthFirst == nil { failedMonthFirst += 1 }
            if open == nil, dayFirst != monthFirst { open = (line, cell()) }
        default: break
        }
    }

    /// In seconds since 1970.
    private static let firstYear = 0..<31_536_000, firstDay = 86_400

    /// - Throws: ``ReadingRefusal`` for counts of something else than seconds: of days, as spreadsheets count them, or of rows.
    private func checkCounts() throws {
        guard let counts, Self.firstYear.contains(counts.lowerBound), Self.firstYear.contains(counts.upperBound),
            !(areMinutes && counts.upperBound >= Self.firstDay)
        else { return }
        throw ReadingRefusal(
            "the times are numbers from \(counts.lowerBound) to \(counts.upperBound), which as seconds since 1970 are all of "
                + "that year: days as a spreadsheet counts them and numbers of rows are no times, so write dates",
            line: firstCount)
    }

    /// - Throws: ``ReadingRefusal`` when both orders are as good, and for counts that are no times.
    func meaning(_ options: ReadingOptions) throws -> TimeMeaning? {
        guard let shape else { return nil }
        try checkCounts()
        var meaning = TimeMeaning(shape: shape, unit: TimeMeaning.unit(largest: largest), zone: options.zone ?? .utc)
        if let order = options.dateOrder {
            meaning.order = order
        } else if shape == .numbers {
            guard failedDayFirst != failedMonthFirst || open == nil else {
                throw ReadingRefusal(
                    "whether \(open?.text ?? "") is day/month or month/day cannot be known from this file: say --date-order day-first or month-first",
                    line: open?.line, asks: .dateOrder)
            }
            meaning.order = failedDayFirst < failedMonthFirst ? .dayFirst : .monthFirst
        }
        return meaning
    }
}
