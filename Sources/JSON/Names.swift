/// Which names an object has so far: they are the same when their code points are (RFC 8259, 8.3).
struct Names {
    /// A linear search is quickest for the objects people write.
    private static let few = 8
    /// A table with open addressing, at most half full: half of a name's hash, which differs from process to process, and
    /// one more than its place among the members; 0 where there is none. Texts themselves would be hashed and compared by
    /// Unicode's rules, which cost more and mean something else.
    private var slots: [UInt64] = []

    /// False when one of the members has the name already.
    mutating func insert(_ name: String, after members: [(name: String, value: Value)]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { Self.same($0.name, name) } }
        if slots.isEmpty {
            slots = [UInt64](repeating: 0, count: 8 * Self.few)
            for (place, member) in members.enumerated() { store(Self.hash(member.name), place) }
        } else if 2 * (members.count + 1) > slots.count {
            grow()
        }
        let hash = Self.hash(name), mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            if UInt32(slots[slot] >> 32) == hash, Self.same(members[Int(slots[slot] & 0xFFFF_FFFF) - 1].name, name) {
                return false
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt64(hash) << 32 | UInt64(members.count + 1)
        return true
    }

    private mutating func store(_ hash: UInt32, _ place: Int) {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt64(hash) << 32 | UInt64(place + 1)
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: 2 * old.count)
        for entry in old where entry != 0 { store(UInt32(entry >> 32), Int(entry & 0xFFFF_FFFF) - 1) }
    }

    static func same(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
    }

    private static func hash(_ name: String) -> UInt32 {
        var name = name
        var hasher = Hasher()
        name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
