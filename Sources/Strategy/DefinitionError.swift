/// One thing wrong with a definition, and where.
public struct DefinitionError: Error, Equatable, Sendable {
    /// Stable words to branch on.
    public enum Code: String, Sendable, CaseIterable {
        // The text itself
        case malformedJSON = "MALFORMED_JSON"
        case tooLarge = "TOO_LARGE"
        case tooDeep = "TOO_DEEP"
        case duplicateKey = "DUPLICATE_KEY"
        // Shape
        case wrongType = "WRONG_TYPE"
        case unknownKey = "UNKNOWN_KEY"
        case missingKey = "MISSING_KEY"
        case outOfRange = "OUT_OF_RANGE"
        case tooManyPlaces = "TOO_MANY_PLACES"
        // Meaning
        case invalidID = "INVALID_ID"
        case duplicateID = "DUPLICATE_ID"
        case unknownIndicatorType = "UNKNOWN_INDICATOR_TYPE"
        case unknownIndicator = "UNKNOWN_INDICATOR"
        case unknownSource = "UNKNOWN_SOURCE"
        case unknownPrice = "UNKNOWN_PRICE"
        case unknownOperator = "UNKNOWN_OPERATOR"
        case ambiguousOperand = "AMBIGUOUS_OPERAND"
        case literalCross = "LITERAL_CROSS"
        case logicNotSupported = "LOGIC_NOT_SUPPORTED"
        case unknownRiskType = "UNKNOWN_RISK_TYPE"
        /// The last of a list that would otherwise not end.
        case tooManyErrors = "TOO_MANY_ERRORS"
    }

    /// Like `entry.conditions[0].op`; empty for the document as a whole.
    public let path: String
    public let code: Code
    /// A sentence for the author of the definition.
    public let message: String
    /// For how many mistakes it stands: one, and in the last of a list that was cut all that are not listed.
    public let count: Int

    static func tooManyPlaces(at path: String) -> DefinitionError {
        DefinitionError(path: path, code: .tooManyPlaces, message: "may have at most four decimal places")
    }

    public init(path: String, code: Code, message: String, count: Int = 1) {
        self.path = path
        self.code = code
        self.message = message
        self.count = count
    }
}
