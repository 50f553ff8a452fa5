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

extension UnsafeMutablePointer<Int64> {
    @inline(__always)
    func eight(at i: Int) -> SIMD8<Int64> { UnsafeRawPointer(self + i).loadUnaligned(as: SIMD8<Int64>.self) }
}

extension Eight {
    /// Exact for 0 up to 2^53. Machines without an instruction for it convert one by one; the two halves as fractions
    /// of 2^84 and 2^52 need none.
    @inline(__always)
    init(whole values: SIMD8<Int64>) {
        let bits = SIMD8<UInt64>(truncatingIfNeeded: values)
        let upper = Eight(bitPattern: bits &>> 32 | 0x4530_0000_0000_0000)
        let lower = Eight(bitPattern: bits & 0xffff_ffff | 0x4330_0000_0000_0000)
        self = (upper - 0x1.00000001p84) + lower
    }

    @inline(__always)
    init(bitPattern: SIMD8<UInt64>) { self = unsafeBitCast(bitPattern, to: Eight.self) }
}
