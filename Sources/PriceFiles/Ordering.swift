/// Bars that do not come oldest first.
///
/// What is merely unsorted (newest first, files joined in any order, no order at all) is sorted. A row that stands alone
/// where it does not belong, in a file that is in order but for it, is a mistake in that row: it is refused, and not its
/// neighbours.
struct Ordering {
    /// The last bars as they are, and those before them by the stretch.
    private var bars: [RowBar] = [], packed: [PackedBars] = []
    private var count = 0, ascending = 0, descending = 0
    private let maximum: Int, priceDecimals: Int, volumeDecimals: Int

    private static let stretch = 16_384

    /// - Parameters:
    ///   - maximum: how many may be held.
    ///   - priceDecimals: of nearly all prices.
    ///   - volumeDecimals: likewise.
    init(maximum: Int, priceDecimals: Int, volumeDecimals: Int) {
        (self.maximum, self.priceDecimals, self.volumeDecimals) = (maximum, priceDecimals, volumeDecimals)
    }

    mutating func add(_ bar: RowBar) throws {
        guard count < maximum else {
            throw ReadingRefusal(
                "more than \(maximum) bars are out of order: sort the file first", line: bar.line, isTooLarge: true)
        }
        if let last = bars.last {
            if bar.time > last.time { ascending += 1 } else if bar.time < last.time { descending += 1 }
        }
        if bars.count == Self.stretch {
            packed.append(PackedBars(bars, priceDecimals: priceDecimals, volumeDecimals: volumeDecimals))
            bars.removeAll(keepingCapacity: true)
        }
        bars.append(bar)
        count += 1
    }

    /// - Parameter take: gets the bars, oldest first.
    mutating func ordered(
        _ report: inout ReadingReport, in file: String, _ take: (RowBar, inout ReadingReport) throws -> Void
    ) throws {
        // Newest first, all of it: to turn it round is enough.
        guard ascending > 0 else {
            for bar in bars.reversed() { try take(bar, &report) }
            bars = []
            while let stretch = packed.popLast() {
                for bar in stretch.unpacked.reversed() { try take(bar, &report) }
            }
            return
        }
        var bars = packed.flatMap(\.unpacked) + bars
        packed = []
        if descending > ascending { bars.reverse() }
        let misplaced = descending == 0 ? [] : Self.misplaced(bars)
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
    private static func misplaced(_ bars: [RowBar]) -> [Int] {
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
