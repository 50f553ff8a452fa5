internal import CVectors

/// What was found out about the machine once.
enum Processor {
    /// Which of the compiled variants of a loop to run.
    static let vectorLevel = vectors_level()
}

/// Eight neighbours of a column at once. The compiler makes of it what the machine has: four registers of two on any
/// x86-64; the values are the same as one by one.
typealias Eight = SIMD8<Double>

extension UnsafePointer<Double> {
    @inline(__always)
    func eight(at i: Int) -> Eight { UnsafeRawPointer(self + i).loadUnaligned(as: Eight.self) }
}

extension UnsafeMutablePointer<Double> {
    @inline(__always)
    func eight(at i: Int) -> Eight { UnsafePointer(self).eight(at: i) }

    @inline(__always)
    func store(_ values: Eight, at i: Int) { UnsafeMutableRawPointer(self + i).storeBytes(of: values, as: Eight.self) }
}

extension Eight {
    @inline(__always)
    init(bitPattern: SIMD8<UInt64>) { self = unsafeBitCast(bitPattern, to: Eight.self) }
}

/// How many lanes from the first on are true.
@inline(__always)
func firstFalse(_ mask: SIMDMask<SIMD8<Int64>>) -> Int {
    let bytes = SIMD8<Int8>(truncatingIfNeeded: unsafeBitCast(mask, to: SIMD8<Int64>.self))
    return (~unsafeBitCast(bytes, to: UInt64.self)).trailingZeroBitCount / 8
}

extension [Double] {
    /// A column that `body` fills; it may write up to eight cells more. Nothing is written twice.
    init(
        count: Int, filledBy body: (UnsafeMutablePointer<Double>) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        var refusal: BacktestRefusal?
        self.init(unsafeUninitializedCapacity: count + 8) { cells, filled in
            do throws(BacktestRefusal) {
                try body(cells.baseAddress!)
                filled = count
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
    }
}
