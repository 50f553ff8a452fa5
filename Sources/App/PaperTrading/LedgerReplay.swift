import Market
import Postgres
import Trading

/// The lives of one account, gone through in the order in which its ledger was written.
struct LedgerReplay {
    private var lives: ArraySlice<LedgerLife>
    private var rescalings: ArraySlice<LedgerRescaling>
    private var ledger: Ledger
    /// The first thing that is wrong.
    private(set) var fault: String?

    init(_ lives: [LedgerLife], _ rescalings: [LedgerRescaling]) {
        (self.lives, self.rescalings) = (lives[...], rescalings[...])
        ledger = Ledger(startingBalance: lives.first?.startingBalance ?? .zero)
    }

    mutating func enter(_ execution: LedgerExecution) {
        rescale(before: (execution.generation, execution.sequence))
        goOn(to: execution.generation, "execution \(execution.id)")
        if fault == nil { fault = execution.disagreement(entering: &ledger) }
    }

    mutating func end() {
        rescale(before: (.max, .max))
        while !lives.isEmpty { close() }
    }

    private mutating func rescale(before place: (generation: Int, sequence: Int)) {
        while let next = rescalings.first, (next.generation, next.sequence) < place {
            rescalings.removeFirst()
            goOn(to: next.generation, "rescaling \(next.sequence)")
            if fault == nil { fault = next.disagreement(entering: &ledger) }
        }
    }

    private mutating func goOn(to generation: Int, _ row: String) {
        while let life = lives.first, life.generation < generation { close() }
        guard fault == nil, lives.first?.generation != generation else { return }
        fault = "\(row) is of generation \(generation), which there is none of."
    }

    private mutating func close() {
        guard let life = lives.popFirst() else { return }
        if fault == nil { fault = life.disagreement(with: ledger) }
        ledger = Ledger(startingBalance: lives.first?.startingBalance ?? .zero)
    }
}

/// What a split has made of a position, as it is stored.
struct LedgerRescaling: Sendable {
    let generation: Int
    let sequence: Int
    private let symbol: Int
    private let scale: UnitScale?
    private let before: Quantity, after: Quantity

    init(_ row: inout RowReader) throws {
        (generation, sequence, symbol) = (try row.next(), try row.next(), try row.next())
        scale = UnitScale(try row.next(), for: try row.next())
        (before, after) = (try row.next(), try row.next())
    }

    func disagreement(entering ledger: inout Ledger) -> String? {
        let held = ledger.holdings[String(symbol)]?.quantity ?? .zero
        guard held == before else {
            return "rescaling \(sequence) begins with \(before) of symbol \(symbol), and there were \(held)."
        }
        let comes = scale.flatMap { ledger.rescale(String(symbol), by: $0) }?.quantity
        if comes == after { return nil }
        return "rescaling \(sequence) ends with \(after) of symbol \(symbol) stored, and comes to "
            + "\(comes?.description ?? "nothing")."
    }
}

extension Query {
    static func ledgerRescalings(ofAccount id: Int) -> Query<[LedgerRescaling]> {
        .all(
            """
            SELECT generation, sequence, symbol_id, numerator, denominator, quantity_before, quantity_after
            FROM position_rescalings WHERE paper_account_id = $1::int ORDER BY generation, sequence
            """, id, read: LedgerRescaling.init)
    }
}
