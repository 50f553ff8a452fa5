/// The server refused, or went away. Branch on ``code``; ``message`` is for the log, never for the user.
public struct PostgresError: Error, Sendable {
    /// Every failure some caller acts on has a name; the rest keep their SQLSTATE.
    public enum Code: Equatable, Sendable {
        /// No session could be opened: no server, wrong database, refused sign-in, or too slow to answer.
        case unreachable
        /// The session is gone, or belongs to another process. Whether a statement that was under way took effect
        /// is unknown.
        case connectionLost
        case uniqueViolation(constraint: String)
        case foreignKeyViolation(constraint: String)
        case checkViolation(constraint: String)
        case notNullViolation(column: String)
        /// The transaction may be retried from its start.
        case serializationFailure
        /// The transaction may be retried from its start.
        case deadlock
        case lockNotAvailable
        /// The statement time-out, or somebody cancelled the statement.
        case queryCancelled
        case diskFull
        /// The answer is not what the caller asked to read: a null, another type, a missing row.
        case unexpectedResult
        /// A parameter that no server would take, such as a text with U+0000 in it. Nothing was sent.
        case invalidParameter
        case other(sqlState: String)
    }

    public let code: Code
    public let message: String
    /// Where in the SQL the server saw the fault, counted in characters from 1.
    public let position: Int?
    /// The statement did nothing but find that it has to be prepared anew, which the next try does.
    var isStalePlan = false

    public init(_ code: Code, _ message: String, position: Int? = nil) {
        self.code = code
        self.message = message
        self.position = position
    }

    /// True when the session cannot be used again: open another one.
    public var isLostSession: Bool { code == .connectionLost || code == .unreachable }

    /// True when the same may succeed later: others were in the way, or the server had no time, room or memory for it.
    public var mayPass: Bool {
        if isStalePlan { return true }
        return switch code {
        case .unreachable, .connectionLost, .serializationFailure, .deadlock, .lockNotAvailable, .queryCancelled,
            .diskFull:
            true
        // Class 53, insufficient resources; 58030, an error of input or output.
        case .other(let state): state.hasPrefix("53") || state == "58030"
        default: false
        }
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String { "\(message) (\(code))" }
}

extension PostgresError.Code {
    /// The name of an SQLSTATE, or ``other(sqlState:)``.
    init(sqlState: String, constraint: String, column: String) {
        switch sqlState {
        case "23505": self = .uniqueViolation(constraint: constraint)
        case "23503": self = .foreignKeyViolation(constraint: constraint)
        case "23514": self = .checkViolation(constraint: constraint)
        case "23502": self = .notNullViolation(column: column)
        case "40001": self = .serializationFailure
        case "40P01": self = .deadlock
        case "55P03": self = .lockNotAvailable
        case "57014": self = .queryCancelled
        case "53100": self = .diskFull
        case "57P01", "57P02", "57P03", "57P05", "25P03": self = .connectionLost
        default: self = sqlState.hasPrefix("08") ? .connectionLost : .other(sqlState: sqlState)
        }
    }
}
