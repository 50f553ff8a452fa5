/// The first thing that is wrong with a chain.
public struct AuditError: Error, Sendable, Equatable {
    public enum Kind: String, Sendable, Equatable {
        case order = "an id that does not rise"
        case link = "its link to the event before it does not hold: something between was removed, inserted or moved"
        case hash = "it was changed"
        case payload = "its payload or its user was changed"
        case erasure = "its payload was taken out, and no event of the chain says so"
        case end = "the chain does not end where its head says: events were cut off or added"
        case head = "its head is not signed with this key: the head was changed, or this is another key"
        case anchor = "its anchor is not signed with this key: events may have been pruned by someone else"
        case checkpoint = "it is not what a checkpoint has seen: history was replaced"
        case payloadText = "its payload is not a JSON object"
        case secret =
            "nothing may begin it, for all that the trail has was signed with another server secret than this host's"
    }

    public let stream: Int
    /// Nil when the fault is not at an event.
    public let eventID: Int?
    public let kind: Kind

    /// For people.
    public var sentence: String {
        let place = eventID.map { "event \($0)" } ?? "head"
        return "Chain \(stream), \(place): \(kind.rawValue)."
    }
}
