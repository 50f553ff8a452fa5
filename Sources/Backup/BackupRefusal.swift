/// Why there is no backup, or nothing was restored: one sentence, which says what to do.
public struct BackupRefusal: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The archive is cut, was changed, or is of another release or key.
        case badArchive
        /// A file is not there or cannot be read.
        case noInput
        /// The database, or a program that is needed, is away, or the database is not one to restore into.
        case unavailable
        /// The archive cannot be written: no room, or no right.
        case cannotWrite
        /// The key or the secret is not what it must be.
        case badKey
    }

    public let kind: Kind
    public let sentence: String

    public init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }
}
