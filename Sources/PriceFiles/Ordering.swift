/// Bars that do not come oldest first.
///
/// What is merely unsorted (newest first, files joined in any order, no order at all) is sorted. A row that stands alone
/// where it does not belong, in a file that is in order but for it, is a mistake in that row: it is refused, and not its
/// neighbours.
struct Ordering {
    private var bars: [RowBar] = []
    private var ascending = 0, descending = 0
    private let most: Int

    /// - Parameters:
    ///   - expected: how many bars are likely to come: growing by itself takes the memory of three times as many.
    ///   - most: how many may be held.
    init(expecting expected: Int, most: Int) {
        self.most = most
        bars.reserveCapacity(min(expected, most))
    }

    mutating func add(_ bar: RowBar) throws {
        guard bars.count < most else {
            throw Fault(
                "more than \(most) bars are out of order: sort the file first", line: bar.line, isTooLarge: true)
        }
        if let last = bars.last {
            if bar.time > last.time { ascending += 1 } else if bar.time < last.time { descending += 1 }
        }
        bars.append(bar)
    }

    /// - Parameter take: gets the bars, oldest first, those of one time in the order of their lines.
    mutating func ordered(
        _ report: inout ReadingReport, in file: String, _ take: (RowBar, inout ReadingReport) throws -> Void
    ) throws {
        if descending > ascending { bars.reverse() }
        // Newest first, all of it: to turn it round was enough.
        let misplaced = min(ascending, descending) == 0 ? [] : misplaced()
        if Self.isMistake(misplaced, of: bars.count) {
            for index in misplaced {
                let (line, neighbour) = (bars[index].line, bars[index > 0 ? index - 1 : index + 1].line)
                report.refuse(
                    line, "the time is out of order, between lines that are in order (see line \(neighbour))", in: file)
            }
            var rest = misplaced[...]
            for index in bars.indices {
                if rest.first == index { rest.removeFirst() } else { try take(bars[index], &report) }
            }
            return
        }
        if !misplaced.isEmpty { bars.sort { ($0.time, $0.line) < ($1.time, $1.line) } }
        for bar in bars { try take(bar, &report) }
    }

    /// Few, each alone.
    private static func isMistake(_ misplaced: [Int], of count: Int) -> Bool {
        !misplaced.isEmpty && misplaced.count * 4 < count
            && !zip(misplaced, misplaced.dropFirst()).contains { $1 == $0 + 1 }
    }

    /// Indices outside a longest run of bars in order, ascending (patience sorting).
    private func misplaced() -> [Int] {
        var tails: [Int] = [], before = [Int](repeating: -1, count: bars.count)
        for index in bars.indices {
            var low = 0, high = tails.count
            while low < high {
                let middle = (low + high) / 2
                if bars[tails[middle]].time <= bars[index].time { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = tails[low - 1] }
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var isPlaced = [Bool](repeating: false, count: bars.count)
        var index = tails.last ?? -1
        while index >= 0 {
            isPlaced[index] = true
            index = before[index]
        }
        return bars.indices.filter { !isPlaced[$0] }
    }
}
