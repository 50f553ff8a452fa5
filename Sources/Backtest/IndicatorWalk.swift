import Market
import Strategy

/// Goes over all bars with the columns of a plan.
///
/// An average that follows from the one before makes the processor wait on every bar. So a long series is cut, after a
/// beginning that one lane goes over, into eight stretches of equal length, and eight lanes go over them side by side. Each
/// begins some bars before its stretch, from nothing: an average forgets, and agrees to the last bit with one that has run
/// from the first bar, almost always. Where one stretch ends, the start of the next is compared with it; were one bit
/// different, one lane goes on from there over the next stretch, too. So what comes out is, bit for bit, what one pass over
/// all bars gives.
struct IndicatorWalk {
    /// Some bars of the lanes of a table, the cells of which are there.
    struct Block {
        /// Side by side; the cell of bar i of lane l is i times the lanes plus l.
        let lanes: Int
        /// Of the first lane.
        let begin: Int
        /// In each lane.
        let count: Int
        /// Bars from one lane to the next.
        var pitch = 0
        /// Only the last bar matters: as the one before the first of each stretch.
        var isRunUp = false
    }

    private let plan: ColumnPlan
    private(set) var one: IndicatorTable
    /// nil for a series that is too short for them.
    private(set) var eight: IndicatorTable?

    /// - Parameter arena: with ``cells(_:)`` to spare.
    init(_ plan: borrowing ColumnPlan, over bars: BarColumns, in arena: inout ColumnArena) {
        self.plan = copy plan
        one = IndicatorTable(plan, lanes: 1, over: bars, in: &arena)
        eight = plan.lanes > 1 ? IndicatorTable(plan, lanes: plan.lanes, over: bars, in: &arena) : nil
    }

    /// How many cells of an arena the tables take.
    static func cells(_ plan: ColumnPlan) -> Int {
        IndicatorTable.cells(plan, lanes: 1) + (plan.lanes > 1 ? IndicatorTable.cells(plan, lanes: plan.lanes) : 0)
    }

    /// Computes all columns of all bars; `body` gets each block while its cells are there, those of a lane in order. A
    /// block that comes again replaces what came before.
    ///
    /// - Parameter resume: told a lane of the eight right before one lane goes on where that lane ended.
    mutating func forEachBlock(
        checkpoint: Checkpoint, resume: (_ lane: Int) -> Void = { _ in }, _ body: (Block) -> Void
    ) throws(BacktestRefusal) {
        guard var eight else { return try advance(over: 0..<plan.bars, checkpoint, body) }
        let (lanes, length, runUp) = (plan.lanes, plan.stretch, plan.runUp)
        let blockBars = plan.blockBars(lanes)
        try advance(over: 0..<runUp, checkpoint, body)
        eight.start(pitch: length)
        var starts: [[Eight]] = []
        for begin in stride(from: 0, to: runUp + length, by: blockBars) {
            try checkpoint(plan.blockCells)
            eight.advance(by: blockBars)
            let isRunUp = begin < runUp
            if begin + blockBars >= runUp {
                body(Block(lanes: lanes, begin: begin, count: blockBars, pitch: length, isRunUp: isRunUp))
            }
            if begin + blockBars == runUp { starts = (0..<lanes).map { eight.memory($0) } }
        }
        // Which of the lanes ended right before the next stretch; nil: the one by itself did.
        var right: Int?
        func goOn(over bars: Range<Int>) throws(BacktestRefusal) {
            if let lane = right {
                one.resume(at: bars.lowerBound, after: lane, of: eight)
                resume(lane)
                right = nil
            }
            try advance(over: bars, checkpoint, body)
        }
        for lane in 0..<lanes {
            if starts[lane] == right.map({ eight.memory($0) }) ?? one.memory(0) {
                right = lane
            } else {
                try goOn(over: (runUp + lane * length)..<(runUp + (lane + 1) * length))
            }
        }
        try goOn(over: (runUp + lanes * length)..<plan.bars)
    }

    /// One lane over bars that follow those it has seen.
    private mutating func advance(
        over range: Range<Int>, _ checkpoint: Checkpoint, _ body: (Block) -> Void
    ) throws(BacktestRefusal) {
        let blockBars = plan.blockBars(1)
        for begin in stride(from: range.lowerBound, to: range.upperBound, by: blockBars) {
            let count = min(blockBars, range.upperBound - begin)
            try checkpoint(count)
            one.advance(by: count)
            body(Block(lanes: 1, begin: begin, count: count))
        }
    }
}
