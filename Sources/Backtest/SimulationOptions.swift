import Market
import Strategy
import Trading

/// When a signal seen at the close of a bar is acted upon.
public enum ExecutionTiming: String, Sendable, CaseIterable {
    /// At that very close; nobody can trade so, and results say it.
    case signalClose = "signal_close"
    /// At the open of the next bar.
    case nextOpen = "next_open"
}

/// How a run trades: always within bounds, stored with the run.
///
///     let options = try SimulationOptions(slippageBasisPoints: 5, executionTiming: .nextOpen)
public struct SimulationOptions: Equatable, Sendable {
    /// Cash at the first bar, in the currency of the prices.
    public let initialEquity: Double
    /// How much of the equity an entry spends, costs included.
    public let allocationPercent: Double
    /// Hundredths of a percent of the value of each fill.
    public let commissionBasisPoints: Double
    /// Hundredths of a percent by which each fill is worse than its price.
    public let slippageBasisPoints: Double
    public let executionTiming: ExecutionTiming

    /// Everything as it is when nothing is said.
    public static let standard = SimulationOptions()

    /// Throws every value that is out of its bounds at once, in the order of the parameters.
    public init(
        initialEquity: Double = standard.initialEquity, allocationPercent: Double = standard.allocationPercent,
        commissionBasisPoints: Double = standard.commissionBasisPoints,
        slippageBasisPoints: Double = standard.slippageBasisPoints,
        executionTiming: ExecutionTiming = standard.executionTiming
    ) throws(OptionsRefusal) {
        let checked: [(Field, Double)] = [
            (.initialEquity, initialEquity), (.allocationPercent, allocationPercent),
            (.commissionBasisPoints, commissionBasisPoints), (.slippageBasisPoints, slippageBasisPoints),
        ]
        let errors = checked.compactMap { field, value in
            field.bounds.contains(value) ? nil : OptionError(field.rawValue, .outOfRange, "must be \(field.boundsText)")
        }
        guard errors.isEmpty else { throw OptionsRefusal(errors: errors) }
        self.initialEquity = initialEquity
        // Minus zero is zero: it must not make another hash.
        self.allocationPercent = allocationPercent
        self.commissionBasisPoints = commissionBasisPoints + 0
        self.slippageBasisPoints = slippageBasisPoints + 0
        self.executionTiming = executionTiming
    }

    private init() {
        initialEquity = 10_000
        allocationPercent = 100
        commissionBasisPoints = 0
        slippageBasisPoints = 0
        executionTiming = .signalClose
    }

    var costs: Costs<DoubleNumbers> {
        Costs(slippage: slippageBasisPoints / 1e4, commission: commissionBasisPoints / 1e4)
    }

    var sizing: Sizing<DoubleNumbers> { .allocation(allocationPercent) }

    /// What is wrong with trading this definition with these options: basis points of more than four decimal places, for
    /// which levels are not exact, and a slippage of as much as the stop distance, which would sell every position on the
    /// bar it was bought. Older releases took the former, so they are no reason not to read what is stored.
    public func errors(with definition: StrategyDefinition) -> [OptionError] {
        var errors: [OptionError] = []
        func check(_ basisPoints: Double, _ field: Field) {
            guard TenThousandths(basisPoints) == nil else { return }
            errors.append(OptionError(field.rawValue, .tooManyPlaces, "may have at most four decimal places"))
        }
        check(commissionBasisPoints, .commissionBasisPoints)
        check(slippageBasisPoints, .slippageBasisPoints)
        guard errors.isEmpty else { return errors }
        // Counted in 1e-4 each, a basis point is a hundredth of a percent. A stop of more places is the definition's fault.
        guard let stop = definition.risk.stopLossPercent, let distance = TenThousandths(stop),
            let slippage = TenThousandths(slippageBasisPoints), slippage.count >= distance.count * 100
        else { return [] }
        let message = "a slippage of as much as the stop loss (\(stop) percent) would stop every position at once"
        return [OptionError(Field.slippageBasisPoints.rawValue, .exceedsStop, message)]
    }

    /// The numbers there are, by the names of the API and their bounds.
    public enum Field: String, Sendable, CaseIterable {
        case initialEquity = "initial_equity"
        case allocationPercent = "allocation_pct"
        case commissionBasisPoints = "commission_bps"
        case slippageBasisPoints = "slippage_bps"

        public var bounds: ClosedRange<Double> {
            switch self {
            case .initialEquity: 0.01...1e12
            case .allocationPercent: 0.01...100
            case .commissionBasisPoints, .slippageBasisPoints: 0...1000
            }
        }

        var boundsText: String { "\(Self.plain(bounds.lowerBound)) to \(Self.plain(bounds.upperBound))" }

        /// `100` and not `100.0`, `1000000000000` and not `1e+12`.
        private static func plain(_ bound: Double) -> String { Int64(exactly: bound).map { "\($0)" } ?? "\(bound)" }
    }
}

/// One option that cannot be.
public struct OptionError: Equatable, Sendable {
    /// Stable words to branch on.
    public enum Code: String, Sendable {
        case outOfRange = "OUT_OF_RANGE"
        case wrongType = "WRONG_TYPE"
        case unknownKey = "UNKNOWN_KEY"
        case unknownTiming = "UNKNOWN_TIMING"
        case tooManyPlaces = "TOO_MANY_PLACES"
        case exceedsStop = "SLIPPAGE_EXCEEDS_STOP"
    }

    /// The name of the option in the API: `slippage_bps`.
    public let field: String
    public let code: Code
    /// A sentence part for the trader.
    public let message: String

    init(_ field: String, _ code: Code, _ message: String) {
        self.field = field
        self.code = code
        self.message = message
    }
}

/// Every option that was wrong; never empty.
public struct OptionsRefusal: Error, Equatable {
    public let errors: [OptionError]
}
