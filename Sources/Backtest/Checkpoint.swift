/// Told how many bars are handled next, at most ``checkpointBars``; throws to end the run. It looks at clock and
/// cancellation often enough that between two looks no more than that many are handled.
typealias Checkpoint = (_ bars: Int) throws(BacktestRefusal) -> Void

/// Bars handled between two looks at the clock.
let checkpointBars = 4096

/// Counts the bars handled since the last look at clock and cancellation. The first look is due at once.
///
/// An object, because a checkpoint is handed on as a closure: a value that one has caught is looked after at every use, which
/// takes longer than some of what is done between two looks.
final class Pace {
    private var handled = checkpointBars

    /// Whether to look before so many bars more.
    func isDue(before bars: Int) -> Bool {
        handled += bars
        guard handled > checkpointBars else { return false }
        handled = bars
        return true
    }
}
