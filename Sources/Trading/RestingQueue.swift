import Market

/// Resting orders in the order in which they were placed, found by their id and, exits, by their entry's: each look and
/// change costs the same however many there are.
struct RestingQueue: Sendable {
    /// Nil where one has gone.
    private var places: [RestingOrder?] = []
    private var placeOfOrder: [String: Int] = [:]
    private var exitsOfEntry: [String: [String]] = [:]
    /// What all of them keep back of the cash; wider than ``Money``, so that no sum of theirs is too large.
    private(set) var heldCents: Int128 = 0

    init(_ orders: [RestingOrder]) { add(orders) }

    var orders: [RestingOrder] { places.compactMap { $0 } }

    func contains(_ id: String) -> Bool { placeOfOrder[id] != nil }

    func exits(of entry: String) -> [RestingOrder] {
        (exitsOfEntry[entry] ?? []).compactMap { id in placeOfOrder[id].flatMap { places[$0] } }
    }

    mutating func add(_ orders: [RestingOrder]) {
        for order in orders {
            placeOfOrder[order.id] = places.count
            places.append(order)
            if let entry = order.entryID { exitsOfEntry[entry, default: []].append(order.id) }
            heldCents += Int128(order.heldCash.cents)
        }
    }

    mutating func remove(_ id: String) {
        guard let place = placeOfOrder.removeValue(forKey: id), let order = places[place] else { return }
        places[place] = nil
        heldCents -= Int128(order.heldCash.cents)
    }

    /// Only bars that begin then or later are met by it from now on.
    mutating func move(_ id: String, to moment: Instant) {
        guard let place = placeOfOrder[id] else { return }
        places[place]?.activeFrom = moment
    }

    /// A stop-limit order whose stop was reached goes on as a limit order.
    mutating func trigger(_ id: String, _ limit: Price) {
        guard let place = placeOfOrder[id] else { return }
        places[place]?.kind = .limit(limit)
    }
}
