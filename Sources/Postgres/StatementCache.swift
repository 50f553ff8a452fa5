/// Which statements the server has already prepared in this session, by their text; bounded.
struct StatementCache {
    private struct Entry {
        let name: String
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var uses = 0
    private var names = 0
    private var usesAtNextLook = 100
    /// Names the server still holds and we no longer use: to be given back when the session may.
    private(set) var retired: [String] = []

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { entries.count }

    mutating func name(of sql: String) -> String? {
        guard let index = entries.index(forKey: sql) else { return nil }
        uses += 1
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// Whether it is time to plan anew: after a hundred uses of statements, after four hundred, and so on, in the end after
    /// every 25,600. A plan that was made while a table was empty goes by any index, and by the wrong one reads all that has
    /// come since; until the server's own statistics tell it so, nothing else would.
    mutating func haveAged() -> Bool {
        guard uses >= usesAtNextLook else { return false }
        usesAtNextLook = uses + min(3 * uses, 25_600)
        return true
    }

    /// A name the server has not heard in this session.
    mutating func freshName() -> String {
        names += 1
        return "s\(names)"
    }

    mutating func insert(_ sql: String, name: String) {
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            retire(oldest.key)
        }
        uses += 1
        entries[sql] = Entry(name: name, lastUse: uses)
    }

    private mutating func retire(_ sql: String) {
        if let entry = entries.removeValue(forKey: sql) { retired.append(entry.name) }
    }

    /// What changed under one statement has changed under others: all are prepared anew, so that a batch with several of
    /// them needs one more try and no more.
    mutating func retireAll() {
        retired += entries.values.map(\.name)
        entries.removeAll()
    }

    mutating func clearRetired() { retired.removeAll() }
}
