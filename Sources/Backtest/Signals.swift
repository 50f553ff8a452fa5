/// Whether a rule holds, one bit a loaded bar: bar `i` is bit `i % 64` of word `i / 64`. Memory is the owner's.
struct Signals {
    let words: Column<UInt64>

    static func wordCount(_ bars: Int) -> Int { (bars + 63) / 64 }

    /// The first bar in `from..<end` on which the rule holds; `end` when there is none.
    @inline(__always)
    func next(from: Int, before end: Int) -> Int {
        guard from < end else { return end }
        var index = from / 64
        var word = words[index] & (~0 << UInt64(from % 64))
        let last = (end - 1) / 64
        while word == 0 {
            guard index < last else { return end }
            index += 1
            word = words[index]
        }
        return min(end, index * 64 + word.trailingZeroBitCount)
    }
}
