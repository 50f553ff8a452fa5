/// Bars in a third of their memory or less: each as how it differs from the one before, in as few bytes as that takes. They
/// come out to the last bit as they went in.
struct PackedBars {
    let bytes: [UInt8]
    private let count: Int
    private let steps: BarSteps

    /// - Parameters:
    ///   - priceDecimals: of nearly all prices; others take more room.
    ///   - volumeDecimals: likewise.
    init(_ bars: [RowBar], priceDecimals: Int, volumeDecimals: Int) {
        let steps = BarSteps(priceDecimals, volumeDecimals)
        (count, self.steps) = (bars.count, steps)
        var before = BarSteps.start, writer = BarSteps.Writer(room: bars.count)
        for bar in bars {
            steps.write(bar, after: before, to: &writer)
            before = bar
        }
        bytes = writer.whole
    }

    var unpacked: [RowBar] {
        var before = BarSteps.start, reader = BarSteps.Reader(bytes)
        return (0..<count).map { _ in
            before = steps.read(after: before, from: &reader)
            return before
        }
    }
}

/// From one bar to the next, as bytes: the widths of eight fields, four bits each, and the fields.
private struct BarSteps {
    static let start = RowBar(time: 0, start: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, line: 0)
    static let wordBytes = 8, maximumBytes = 4 + 8 * wordBytes
    /// The width of what is no number of so many decimals: of all bits as they are.
    private static let raw = 15

    private let pricePower: Double, volumePower: Double

    init(_ priceDecimals: Int, _ volumeDecimals: Int) {
        pricePower = NumberText.powers[min(priceDecimals, NumberText.powers.count - 1)]
        volumePower = NumberText.powers[min(volumeDecimals, NumberText.powers.count - 1)]
    }

    func write(_ bar: RowBar, after before: RowBar, to writer: inout Writer) {
        writer.begin()
        writer.add(bar.time &- before.time)
        writer.add(bar.start &- bar.time)
        writer.add(Int64(bar.line - before.line))
        add(bar.open, after: before.close, pricePower, to: &writer)
        add(bar.high, after: bar.open, pricePower, to: &writer)
        add(bar.low, after: bar.open, pricePower, to: &writer)
        add(bar.close, after: bar.open, pricePower, to: &writer)
        add(bar.volume, after: 0, volumePower, to: &writer)
        writer.end()
    }

    private func add(_ value: Double, after old: Double, _ power: Double, to writer: inout Writer) {
        let (from, to) = ((old * power).rounded(), (value * power).rounded())
        if from.magnitude < 0x1p53, to.magnitude < 0x1p53,
            (Double(Int64(to)) / power).bitPattern == value.bitPattern
        {
            writer.add(Int64(to) - Int64(from))
        } else {
            writer.add(raw: value.bitPattern)
        }
    }

    func read(after before: RowBar, from reader: inout Reader) -> RowBar {
        reader.begin()
        var bar = before
        bar.time &+= reader.step()
        bar.start = bar.time &+ reader.step()
        bar.line += Int(reader.step())
        bar.open = number(after: before.close, pricePower, from: &reader)
        bar.high = number(after: bar.open, pricePower, from: &reader)
        bar.low = number(after: bar.open, pricePower, from: &reader)
        bar.close = number(after: bar.open, pricePower, from: &reader)
        bar.volume = number(after: 0, volumePower, from: &reader)
        return bar
    }

    private func number(after old: Double, _ power: Double, from reader: inout Reader) -> Double {
        if let bits = reader.raw() { return Double(bitPattern: bits) }
        return Double(Int64((old * power).rounded()) + reader.step()) / power
    }

    struct Writer {
        private var bytes: [UInt8], position = 0
        private var head = 0, widths: UInt32 = 0, fields: UInt32 = 0

        /// - Parameter bars: how many there is room for.
        init(room bars: Int) { bytes = [UInt8](repeating: 0, count: bars * BarSteps.maximumBytes + BarSteps.wordBytes) }

        /// With as much behind it as a reader of words reads.
        var whole: [UInt8] { Array(bytes[..<(position + BarSteps.wordBytes)]) }

        mutating func begin() {
            (head, widths, fields) = (position, 0, 0)
            position += 4
        }

        /// Small ones in few bytes, of either sign.
        mutating func add(_ step: Int64) {
            let value = UInt64(bitPattern: step << 1 ^ step >> 63)
            let width = (64 - value.leadingZeroBitCount + 7) / 8
            note(width)
            put(value, width)
        }

        mutating func add(raw bits: UInt64) {
            note(BarSteps.raw)
            put(bits, BarSteps.wordBytes)
        }

        private mutating func note(_ width: Int) {
            widths |= UInt32(width) << fields
            fields += 4
        }

        /// The lowest bytes; what lies behind them is written over by what comes next.
        private mutating func put(_ value: UInt64, _ width: Int) {
            let place = position
            position += width
            var room = bytes.mutableSpan
            var memory = room.mutableBytes
            memory.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt64.self)
        }

        mutating func end() {
            let (place, value) = (head, widths.littleEndian)
            var room = bytes.mutableSpan
            var memory = room.mutableBytes
            memory.storeBytes(of: value, toByteOffset: place, as: UInt32.self)
        }
    }

    struct Reader {
        private let bytes: [UInt8]
        private var position = 0, widths: UInt64 = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func begin() { widths = word(4) }

        mutating func step() -> Int64 {
            let value = word(Int(widths & 15))
            widths >>= 4
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }

        /// nil when a step comes.
        mutating func raw() -> UInt64? {
            guard widths & 15 == BarSteps.raw else { return nil }
            widths >>= 4
            return word(BarSteps.wordBytes)
        }

        private mutating func word(_ width: Int) -> UInt64 {
            let word = bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            position += width
            return UInt64(littleEndian: word) & (width == BarSteps.wordBytes ? .max : 1 << (UInt64(width) * 8) - 1)
        }
    }
}
