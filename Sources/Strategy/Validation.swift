import JSON

extension StrategyDefinition {
    /// A definition longer than this (in bytes) is not looked at.
    public static let maximumBytes = 65_536
    /// A definition nested deeper than this is not looked at.
    public static let maximumDepth = 16

    /// Checks a document that somebody sends. With any error there is no definition; without errors there is one.
    ///
    /// Errors come in document order, depth first; what concerns an object or a list as a whole (missing keys, counts,
    /// `LITERAL_CROSS`) follows its members. A period must be written as an integer: `10.0` and `1e1` are refused.
    /// `params` may leave out what the catalog has a default for. At most ``maximumErrors`` errors are told.
    public static func read(_ value: Value) -> (StrategyDefinition?, [DefinitionError]) {
        read(value, DefinitionReader(takesAnyPlaces: false))
    }

    /// The same of a document that a release before this one may have taken: its levels may have any number of decimal
    /// places. Such a definition is shown, but not run (``faults``).
    public static func read(stored value: Value) -> (StrategyDefinition?, [DefinitionError]) {
        read(value, DefinitionReader(takesAnyPlaces: true))
    }

    private static func read(
        _ value: Value, _ reader: consuming DefinitionReader
    ) -> (StrategyDefinition?, [DefinitionError]) {
        guard value.bytes.count <= maximumBytes else {
            let message = "the definition is longer than \(maximumBytes) bytes"
            return (nil, [DefinitionError(path: "", code: .tooLarge, message: message)])
        }
        let definition = reader.definition(value)
        guard reader.errors.count == 0 else { return (nil, reader.errors.told) }
        return (definition, [])
    }

    /// The same from text, with the bounds on length and depth checked before anything is parsed.
    public static func read(bytes: [UInt8]) -> (StrategyDefinition?, [DefinitionError]) {
        do throws(ParseError) {
            return read(try parse(bytes, limits: ParseLimits(maxBytes: maximumBytes, maxDepth: maximumDepth)))
        } catch {
            let code: DefinitionError.Code =
                switch error.code {
                case .tooLarge, .tooManyContainers: .tooLarge
                case .tooDeep: .tooDeep
                case .duplicateKey: .duplicateKey
                default: .malformedJSON
                }
            let message = "line \(error.line), column \(error.column): \(error.message)"
            return (nil, [DefinitionError(path: error.path, code: code, message: message)])
        }
    }

    /// A hostile document may be wrong in thousands of places; an answer need not repeat them all.
    public static let maximumErrors = 50
}
