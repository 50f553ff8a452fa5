import Strategy

/// What one run may cost; nothing bounds what is not said.
public struct EngineLimits: Sendable {
    /// Bars in the range that is traded; those of the warm-up come on top.
    public var bars: Int
    /// Wall clock, by the clock handed to the engine.
    public var nanoseconds: UInt64
    /// Eight bytes for every indicator of the definition and loaded bar, ``bytes(for:bars:)``.
    public var bytes: Int

    public init(bars: Int = .max, nanoseconds: UInt64 = .max, bytes: Int = .max) {
        self.bars = bars
        self.nanoseconds = nanoseconds
        self.bytes = bytes
    }

    /// What counts towards ``bytes``; `bars` are all loaded ones.
    public static func bytes(for definition: StrategyDefinition, bars: Int) -> Int {
        definition.indicators.count * bars * MemoryLayout<Double>.stride
    }
}

extension EngineLimits {
    /// - Parameters: of one look; the clock is in nanoseconds.
    func look(isCancelled: Bool, begin: UInt64, now: UInt64) throws(BacktestRefusal) {
        if isCancelled { throw .cancelled }
        if now > begin, now - begin > nanoseconds { throw .timeout(nanoseconds: nanoseconds) }
    }
}
