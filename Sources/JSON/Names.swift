/// Which names an object has so far: they are the same when their code points are (RFC 8259, 8.3).
struct Names {
    /// A linear search is quickest for the objects people write.
    private static let few = 16
    /// By their hash, which differs from process to process, the places of names. Kept beside the members, because
    /// hashing and comparing texts goes by Unicode's rules, which cost more and mean something else.
    private var places: [Int: Int] = [:]

    /// False when one of the members has the name already.
    mutating func insert(_ name: String, after members: [(name: String, value: Value)]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { Self.same($0.name, name) } }
        if places.isEmpty { for (place, member) in members.enumerated() { places[Self.hash(member.name)] = place } }
        guard let place = places.updateValue(members.count, forKey: Self.hash(name)) else { return true }
        // Two names of one hash are one name, or a wonder.
        return !Self.same(members[place].name, name) && !members.contains { Self.same($0.name, name) }
    }

    private static func same(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
    }

    private static func hash(_ name: String) -> Int {
        var name = name
        var hasher = Hasher()
        name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return hasher.finalize()
    }
}
