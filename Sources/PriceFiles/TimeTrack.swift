import Market

/// How times follow each other.
struct TimeTrack {
    private(set) var count = 0
    private(set) var ascending = 0, descending = 0
    private(set) var hasTimeOfDay = false
    /// Whether a time is of a place: written without saying UTC, or with an offset from it.
    private(set) var hasLocalTimes = false
    private(set) var hours = HoursOfWeek()
    private var neighbours = StepSurvey()
    private var earliest = EarliestTimes()
    private var last: TimeMeaning.Moment?

    mutating func add(_ moment: TimeMeaning.Moment) {
        count += 1
        if moment.wall % Timeframe.day.microseconds != 0 { hasTimeOfDay = true }
        if !moment.isUniversal { hasLocalTimes = true }
        hours.add(moment.wall)
        if let last {
            if moment.instant > last.instant {
                ascending += 1
            } else if moment.instant < last.instant {
                descending += 1
            }
            if !isInNoOrder { neighbours.add(from: last.wall, to: moment.wall) }
        }
        earliest.add(moment.wall)
        last = moment
    }

    /// Whether neither first nor last lines are the oldest: then neighbours say nothing of how wide bars are.
    var isInNoOrder: Bool { ascending > 0 && descending > 0 }

    /// How far times are from those before them, as soon as all are added.
    var steps: Steps { (isInNoOrder ? earliest.steps() : neighbours).steps }
}

/// How far times are from those before them.
struct StepSurvey {
    private var counts: [Int64: Int] = [:]
    private var lastStep: Int64 = 0, lastCount = 0

    /// What is counted of different steps; a hostile file has as many as lines.
    private static let maximumSteps = 4_096

    mutating func add(from before: Int64, to time: Int64) {
        let step = Int64((time - before).magnitude)
        guard step > 0 else { return }
        if step == lastStep {
            lastCount += 1
            return
        }
        flush()
        (lastStep, lastCount) = (step, 1)
    }

    private mutating func flush() {
        if lastCount > 0, counts.count < Self.maximumSteps || counts[lastStep] != nil {
            counts[lastStep, default: 0] += lastCount
        }
        lastCount = 0
    }

    var steps: Steps {
        var whole = self
        whole.flush()
        return Steps(
            usual: whole.counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key, shortest: whole.counts.keys.min())
    }
}

/// Of a single bar there are none.
struct Steps {
    /// The width of most bars: what most of them follow the one before by, of as many the shorter.
    var usual: Int64?
    var shortest: Int64?
}

/// The first of the times of a file, which lie beside each other in order whatever order the file is in.
struct EarliestTimes {
    private var times: [Int64] = []
    private var latest = Int64.max

    private static let maximum = 16_384

    mutating func add(_ wall: Int64) {
        guard wall < latest else { return }
        times.append(wall)
        guard times.count == 2 * Self.maximum else { return }
        times = Array(inOrder().prefix(Self.maximum))
        if times.count == Self.maximum { latest = times[Self.maximum - 1] }
    }

    /// Each once.
    private func inOrder() -> [Int64] {
        var ordered: [Int64] = []
        for time in times.sorted() where time != ordered.last { ordered.append(time) }
        return ordered
    }

    func steps() -> StepSurvey {
        var steps = StepSurvey()
        let ordered = inOrder()
        for (before, time) in zip(ordered, ordered.dropFirst()) { steps.add(from: before, to: time) }
        return steps
    }
}
