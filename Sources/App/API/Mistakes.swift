import HTTP
import Market
import Strategy

/// The mistakes found in a request so far, in the order found: a visitor mends a form once, not field by field. The
/// first ones are listed, the others only counted, so that no answer is larger than what was sent.
struct Mistakes {
    static let maximumListed = StrategyDefinition.maximumErrors

    private var listed: [FieldError] = []
    private var count = 0
    /// What the mistakes are refused as when all of them are of one kind.
    private var code: ErrorCode?

    var isEmpty: Bool { count == 0 }

    /// What is not listed is not put into words either: there may be tens of thousands.
    mutating func add(
        _ field: @autoclosure () -> String, _ code: String, _ message: @autoclosure () -> String,
        as kind: ErrorCode = .validationError
    ) {
        self.code = isEmpty || self.code == kind ? kind : .validationError
        count += 1
        if listed.count < Self.maximumListed { listed.append(FieldError(field(), code, message())) }
    }

    /// A ticker that no active symbol has.
    mutating func add(unknownSymbol ticker: String, at field: String) {
        add(field, "UNKNOWN_SYMBOL", "No active symbol \(ticker) is stored.")
    }

    /// Mistakes that somebody else has found and not listed.
    mutating func add(unlisted more: Int) { count += more }

    /// - Throws: one ``Problem`` naming them all.
    func check() throws { if !isEmpty { throw problem } }

    /// All of them in one refusal.
    var problem: Problem {
        let first = listed.first?.message ?? "", more = count - listed.count
        let detail = count == 1 ? first : "\(counted(count, "mistake")); the first: \(first)"
        let last =
            more == 0
            ? []
            : [FieldError("", "TOO_MANY_ERRORS", "There \(more == 1 ? "is" : "are") \(counted(more, "more mistake")).")]
        return Problem(code ?? .validationError, detail, fieldErrors: listed + last)
    }
}
