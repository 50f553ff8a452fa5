/// What a row is.
enum RowKind {
    case bar
    /// Of another symbol.
    case other
    /// No price in it.
    case nothing
    /// The names of the columns again, as in files that were joined.
    case names
    /// Too few cells.
    case short
}

/// The rows of a file that can be bars of the symbol asked for, and what the others are.
struct DataRows<Form: Rows> {
    private(set) var table: Form
    private let layout: Layout
    private let columns: Int
    /// Empty in a file without names.
    private let nameOfOpen: [UInt8]
    private let wanted: String?
    /// The symbol of the row before, and whether it is the one.
    private var symbol: [UInt8] = [], isWanted = true, hasSymbol = false
    /// In the order of their first rows, as far as they are counted.
    private(set) var symbols: [String] = []
    private var known: Set<String> = []

    init(_ table: Form, _ opening: Table.Opening, _ options: ReadingOptions) throws {
        self.table = table
        (layout, columns) = (opening.layout, opening.layout.columns)
        nameOfOpen = layout.names.isEmpty ? [] : Array(layout.names[layout.open].utf8)
        wanted = layout.symbol == nil ? nil : options.ticker.map(SymbolText.plain)
        for _ in 0..<opening.rowsBefore { _ = try self.table.next() }
    }

    /// nil after the last row.
    mutating func next() throws -> RowKind? {
        guard try table.next() else { return nil }
        let (bytes, cells) = (table.bytes, table.cells)
        guard cells.count >= columns else { return .short }
        if let column = layout.symbol {
            note(bytes[cells[column]])
            guard isWanted else { return .other }
        }
        if NumberText.isNothing(bytes, cells[layout.open]), NumberText.isNothing(bytes, cells[layout.close]),
            NumberText.isNothing(bytes, cells[layout.high]), NumberText.isNothing(bytes, cells[layout.low])
        {
            return .nothing
        }
        if !nameOfOpen.isEmpty, cells[layout.open].count == nameOfOpen.count,
            bytes[cells[layout.open]].elementsEqual(nameOfOpen)
        {
            return .names
        }
        return .bar
    }

    private mutating func note(_ cell: ArraySlice<UInt8>) {
        guard !hasSymbol || !cell.elementsEqual(symbol) else { return }
        (symbol, hasSymbol) = (Array(cell), true)
        let text = String(decoding: cell, as: UTF8.self)
        isWanted = wanted.map { SymbolText.plain(text) == $0 } ?? true
        guard known.count < maximumSymbols, known.insert(text).inserted else { return }
        symbols.append(text)
    }
}

private let maximumSymbols = 1_000
