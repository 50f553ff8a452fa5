import Market
import Strategy

/// Which columns conditions look at, each once, and how they are gone over: in one lane or in eight, in blocks.
/// Indicators of equal type, period and source are one column whatever they are called.
struct ColumnPlan {
    private(set) var sources: [(source: PriceSource, forms: PriceForms)] = []
    private(set) var lines: [Line] = []
    /// That something is compared with.
    private(set) var numbers: [Double] = []

    /// The grid the prices lie on.
    let tickScale: TickScale?
    /// All loaded ones.
    let bars: Int
    /// 1, or all eight.
    private(set) var lanes = 1
    /// Bars before its stretch on which a lane begins, and bars that are gone over before the first stretch. Whole words of
    /// signals, and long enough for the widest window.
    private(set) var runUp = 0
    /// Bars before a block that stay readable, for the widest window. Whole eights.
    private(set) var history = Eight.scalarCount
    /// Cells handled at a time, of one lane or of eight side by side: a few columns of them stay in the nearest cache. Whole
    /// words of signals, and more than the longest period or as many as there are bars.
    let blockCells: Int
    /// The most of them.
    static let maximumBlockCells = 512

    /// Bars of a lane's stretch: whole words of signals; fewer than nine words are left over.
    var stretch: Int { (bars - runUp) / blockCells * blockBars(Eight.scalarCount) }

    func blockBars(_ lanes: Int) -> Int { blockCells / lanes }

    init(_ rules: [[Condition]], bars: Int, tickScale: TickScale?) {
        self.tickScale = tickScale
        self.bars = bars
        blockCells = min(Self.maximumBlockCells, Signals.wordCount(bars) * 64)
        lines.reserveCapacity(4)
        for rule in rules {
            for condition in rule {
                add(condition.left)
                add(condition.right)
            }
        }
        var memoryBars = 0
        for line in lines {
            memoryBars = max(memoryBars, line.memoryBars)
            history = max(history, (line.windowBars + 7) / 8 * 8)
        }
        // Without a grid, the compensated sum of an SMA never forgets.
        guard tickScale != nil, memoryBars > 0 else { return }
        let needed = max((memoryBars + 63) / 64 * 64, 256)
        guard bars > needed else { return }
        runUp = needed
        if stretch > runUp { lanes = Eight.scalarCount } else { runUp = 0 }
    }

    private mutating func add(_ operand: Operand) {
        switch operand {
        case .indicator(let indicator):
            let line = Line(indicator)
            add(line.source, line.recurrence.forms)
            if !lines.contains(line) { lines.append(line) }
        case .price(let source): add(source, .prices)
        case .literal(let number): if !numbers.contains(number) { numbers.append(number) }
        }
    }

    private mutating func add(_ source: PriceSource, _ wanted: PriceForms) {
        if let index = sources.firstIndex(where: { $0.source == source }) {
            sources[index].forms.formUnion(wanted)
        } else {
            sources.append((source, wanted))
        }
    }
}
