/// In which order a worker looks for kinds of work: urgent ones first, among equals the one first that was served longest
/// ago. Every fourth job is another's, where there is one: a kind that never rests lets none wait for ever.
struct Turns<Kind> {
    private static var every: Int { 4 }

    private var urgent: [Kind]
    private var others: [Kind]
    private var served = 0

    init(_ kinds: [Kind], isUrgent: (Kind) -> Bool) {
        urgent = kinds.filter(isUrgent)
        others = kinds.filter { !isUrgent($0) }
    }

    /// The first that has a job gives it.
    var order: [Kind] { served % Self.every == Self.every - 1 ? others + urgent : urgent + others }

    /// A job of this kind has been done.
    mutating func serve(_ isKind: (Kind) -> Bool) {
        served &+= 1
        Self.moveToEnd(of: &urgent, isKind)
        Self.moveToEnd(of: &others, isKind)
    }

    private static func moveToEnd(of kinds: inout [Kind], _ isKind: (Kind) -> Bool) {
        guard let index = kinds.firstIndex(where: isKind) else { return }
        kinds.append(kinds.remove(at: index))
    }
}
