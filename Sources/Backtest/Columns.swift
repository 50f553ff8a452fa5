internal import CVectors

/// Numbers one after the other that are read. Index 0 may lie in the middle of them.
///
/// A view: whoever owns the memory says how long it may be used. Debug builds trap at an index outside it.
struct Column<Element: BitwiseCopyable> {
    fileprivate let zero: UnsafePointer<Element>
    fileprivate let bounds: Bounds

    @inline(__always)
    fileprivate init(_ zero: UnsafePointer<Element>, _ bounds: Bounds) {
        self.zero = zero
        self.bounds = bounds
    }

    @inline(__always)
    subscript(i: Int) -> Element {
        bounds.check(i, 1)
        return zero[i]
    }

    /// Fetches a number that will be read soon. Where one number tells nothing of where the next lies, the processor cannot
    /// guess it, and waits for each.
    @inline(__always)
    func fetch(_ i: Int) {
        bounds.check(i, 1)
        vectors_fetch(zero + i)
    }

    /// The same numbers, counted from another of them.
    @inline(__always)
    func counted(from i: Int) -> Column {
        Column(zero + i, bounds.counted(from: i))
    }

    /// Where index 0 lies, for a kernel that touches the cells of this range and no others.
    @inline(__always)
    func address(_ range: Range<Int>) -> UnsafePointer<Element> {
        bounds.check(range.lowerBound, range.count)
        return zero
    }
}

/// Numbers one after the other that are read and written; else like ``Column``.
struct MutableColumn<Element: BitwiseCopyable> {
    fileprivate let zero: UnsafeMutablePointer<Element>
    fileprivate let bounds: Bounds

    @inline(__always)
    fileprivate init(_ zero: UnsafeMutablePointer<Element>, _ bounds: Bounds) {
        self.zero = zero
        self.bounds = bounds
    }

    /// Of no cells.
    static var none: MutableColumn { MutableColumn(UnsafeMutablePointer(bitPattern: 8)!, Bounds(0..<0)) }

    @inline(__always)
    var reading: Column<Element> { Column(zero, bounds) }

    @inline(__always)
    subscript(i: Int) -> Element {
        get { reading[i] }
        nonmutating set {
            bounds.check(i, 1)
            zero[i] = newValue
        }
    }

    @inline(__always)
    func counted(from i: Int) -> MutableColumn {
        MutableColumn(zero + i, bounds.counted(from: i))
    }

    @inline(__always)
    func address(_ range: Range<Int>) -> UnsafeMutablePointer<Element> {
        bounds.check(range.lowerBound, range.count)
        return zero
    }

    func fill(_ range: Range<Int>, with element: Element) {
        (address(range) + range.lowerBound).update(repeating: element, count: range.count)
    }

    /// Copies these cells of another column to the same places of this one; both may be the same memory.
    @inline(__always)
    func copy(_ range: Range<Int>, of other: Column<Element>) {
        (address(range) + range.lowerBound).update(from: other.address(range) + range.lowerBound, count: range.count)
    }
}

/// Which cells a column has. Debug builds trap at any other; release builds neither keep nor check it.
struct Bounds {
    #if DEBUG
        private let cells: Range<Int>

        init(_ cells: Range<Int>) { self.cells = cells }

        func counted(from i: Int) -> Bounds { Bounds((cells.lowerBound - i)..<(cells.upperBound - i)) }

        func check(_ first: Int, _ count: Int) {
            precondition(
                count == 0 || first >= cells.lowerBound && first + count <= cells.upperBound,
                "\(count) cells from \(first) on are not in \(cells)")
        }
    #else
        @inline(__always) init(_ cells: Range<Int>) {}
        @inline(__always) func counted(from i: Int) -> Bounds { self }
        @inline(__always) func check(_ first: Int, _ count: Int) {}
    #endif
}

/// Eight neighbours of a column at once. The compiler makes of it what the machine has: four registers of two on any
/// x86-64; the values are the same as one by one.
typealias Eight = SIMD8<Double>

extension Column where Element: SIMDScalar {
    @inline(__always)
    func eight(at i: Int) -> SIMD8<Element> {
        bounds.check(i, Eight.scalarCount)
        return UnsafeRawPointer(zero + i).loadUnaligned(as: SIMD8<Element>.self)
    }
}

extension MutableColumn {
    /// Writes eight neighbours: doubles, or whole numbers of their size.
    @inline(__always)
    func store(_ values: SIMD8<Element>, at i: Int) where Element: SIMDScalar {
        bounds.check(i, values.scalarCount)
        UnsafeMutableRawPointer(zero + i).storeBytes(of: values, as: SIMD8<Element>.self)
    }
}

/// Memory for the columns of a run, all taken at once and given back at once: all that the engine has besides arrays. It
/// cannot be copied, and exists only while ``with(cells:_:)`` runs.
///
/// Behind each column ``padding`` cells are spare, so that kernels may write in whole eights.
struct ColumnArena: ~Copyable {
    static let padding = 8
    /// Of the first column, and so of all.
    private static let alignment = 64

    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private var used = 0

    private init(_ memory: UnsafeMutableRawPointer, _ capacity: Int) {
        self.memory = memory
        self.capacity = capacity
    }

    /// Lends memory to `body`, which must not let a column out.
    ///
    /// - Parameter cells: of eight bytes.
    static func with<Result>(
        cells: Int, _ body: (inout ColumnArena) throws(BacktestRefusal) -> Result
    ) throws(BacktestRefusal) -> Result {
        let capacity = max(1, cells)
        // Aligned here, because the system takes longer for memory of more than its own alignment.
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: capacity * 8 + alignment, alignment: 16)
        // No deinitializer does this: optimised, initializers of values with one gave memory back that was not theirs.
        defer { bytes.deallocate() }
        var arena = ColumnArena(bytes.alignedUp(toMultipleOf: alignment), capacity)
        return try body(&arena)
    }

    /// How many cells a column takes: eights, so that eights of all columns are aligned.
    static func cells(before: Int = 0, count: Int) -> Int { (before + count + padding + 7) / 8 * 8 }

    /// The next column, of a type of eight bytes. Its cells hold anything.
    ///
    /// - Parameter before: cells in front of index 0.
    mutating func column<Element: BitwiseCopyable>(
        of type: Element.Type = Element.self, before: Int = 0, count: Int
    ) -> MutableColumn<Element> {
        precondition(MemoryLayout<Element>.stride == 8, "cells are of eight bytes")
        let cells = Self.cells(before: before, count: count)
        precondition(cells <= capacity - used, "the arena is too small")
        let start = (memory + used * 8).bindMemory(to: Element.self, capacity: cells)
        used += cells
        return MutableColumn(start + before, Bounds(-before..<(cells - before)))
    }
}

extension Array where Element: BitwiseCopyable {
    /// Lends the elements as a column.
    @inline(__always)
    func withColumn<Result>(
        _ body: (Column<Element>) throws(BacktestRefusal) -> Result
    ) throws(BacktestRefusal) -> Result {
        try withUnsafeBufferPointer { elements throws(BacktestRefusal) in
            // An empty array may have no address; what lies at the end of one of no elements nobody reads.
            try body(Column(elements.baseAddress ?? UnsafePointer(bitPattern: 8)!, Bounds(0..<elements.count)))
        }
    }
}

extension [Double] {
    /// A column that `body` fills; it may write up to eight cells more, and does not find zeros.
    init(
        count: Int, filledBy body: (MutableColumn<Double>) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        var refusal: BacktestRefusal?
        let cells = count + ColumnArena.padding
        self.init(unsafeUninitializedCapacity: cells) { memory, filled in
            do throws(BacktestRefusal) {
                try body(MutableColumn(memory.baseAddress!, Bounds(0..<cells)))
                filled = count
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
    }
}
