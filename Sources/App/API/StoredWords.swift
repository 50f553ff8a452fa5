import JSON
import Postgres
import Synchronization

/// Words that a later release stored before this one was brought back. They must shut nobody out: each list says what
/// an unknown one gives, and each word is told to the log once.
enum UnknownWords {
    private static let maximumRemembered = 100

    private struct State {
        var seen: Set<String> = []
        var untold: [(list: String, word: String)] = []
    }

    private static let state = Mutex(State())

    static func note(_ word: String, in list: Any.Type) {
        state.withLock { state in
            guard state.seen.count < maximumRemembered, state.seen.insert("\(list) \(word)").inserted else { return }
            state.untold.append(("\(list)", word))
        }
    }

    /// What was met since the last call, each word once in the life of the process.
    static func take() -> [(list: String, word: String)] {
        state.withLock { state in
            defer { state.untold = [] }
            return state.untold
        }
    }
}

/// A word of a list that says what somebody may do.
protocol RankedWord: RawRepresentable, ColumnValue, ParameterValue where RawValue == String {
    /// What a word that is not on the list gives.
    static var minimum: Self { get }
}

extension RankedWord {
    public init(_ column: borrowing Column) throws(PostgresError) {
        let word = try column.text()
        if let known = Self(rawValue: word) {
            self = known
        } else {
            UnknownWords.note(word, in: Self.self)
            self = .minimum
        }
    }
}

extension Column {
    /// Those of an array's words that are on the list: an unknown one gives nothing.
    func knownWords<Word: RawRepresentable>() throws(PostgresError) -> [Word] where Word.RawValue == String {
        try texts().compactMap { text in
            if let word = Word(rawValue: text) { return word }
            UnknownWords.note(text, in: Word.self)
            return nil
        }
    }
}

/// A word that is only told, never acted upon: an unknown one is told as it is stored.
struct ToldWord<Word: RawRepresentable & CaseIterable & Sendable>: ColumnValue, Sendable where Word.RawValue == String {
    let text: String

    init(_ column: borrowing Column) throws(PostgresError) {
        text = try column.text()
        if Word(rawValue: text) == nil { UnknownWords.note(text, in: Word.self) }
    }
}

extension Form {
    /// The words of today, and any other that a later release may have stored.
    static func told<Word>() -> Form where Content == ToldWord<Word> {
        Form(.anyOf([Form<Word>.choice().schema, .text(pattern: "^[a-z][a-z0-9_.-]{0,63}$")])) { json, word in
            json.string(word.text)
        }
    }
}
