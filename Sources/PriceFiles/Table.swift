/// The rows of a file, whichever way it is written. What goes through all of them is made for either way by itself: to find
/// out anew for each row which one it is costs as much as reading it.
protocol Rows {
    /// What the cells of the row last given are ranges of.
    var bytes: [UInt8] { get }
    var cells: [Range<Int>] { get }
    /// Of the row last given; of JSON its number.
    var line: Int { get }
    /// Of the members of a JSON object.
    var names: [String]? { get }

    /// False after the last row.
    mutating func next() throws -> Bool
}

extension Rows {
    /// A cell as text.
    func text(_ index: Int) -> String { String(decoding: bytes[cells[index]], as: UTF8.self) }
}

/// What a file's beginning says of all of it.
enum Table {
    /// What is known of a file before its first bar is read.
    struct Opening {
        /// nil: JSON.
        var delimiter: Delimiter?
        var layout: Layout
        /// Rows before the first that can be a bar, the one with the names among them.
        var rowsBefore: Int
        /// Lines before the names, as they are.
        var titles: [String]
    }

    /// How many rows may stand before the names.
    private static let maximumTitles = 100

    /// Looks at the beginning of a file.
    ///
    /// - Throws: ``ReadingRefusal`` for what is no table of prices.
    static func open(_ source: any ByteSource, _ options: ReadingOptions) throws -> Opening {
        let isJSON = try isJSON(source)
        let delimiter = isJSON ? nil : try Delimiter(source)
        var table: any Rows = try delimiter.map { try TextRows(source, delimiter: $0.byte) } ?? JSONRows(source)
        var titles: [String] = [], rows = 0
        while rows < maximumTitles, try table.next() {
            rows += 1
            let (bytes, cells) = (table.bytes, table.cells)
            if let layout = Layout(bytes, cells, isJSON: isJSON, options: options), table.names == nil {
                return Opening(delimiter: delimiter, layout: layout, rowsBefore: rows - 1, titles: titles)
            }
            let names = table.names ?? cells.indices.map { table.text($0) }
            guard names.count <= maximumColumns else {
                throw ReadingRefusal("the line has \(names.count) columns", line: table.line)
            }
            if !isJSON || table.names != nil {
                do {
                    if var layout = try Layout(names: names, options: options) {
                        if titles.contains(where: { mentions($0, "cryptodatadownload") }) {
                            layout.format = options.format ?? .cryptoDataDownload
                        }
                        return try continued(
                            Opening(
                                delimiter: delimiter, layout: layout, rowsBefore: isJSON ? rows - 1 : rows,
                                titles: titles),
                            &table, options)
                    }
                } catch let refusal as ReadingRefusal {
                    var placed = refusal
                    placed.line = refusal.line ?? table.line
                    throw placed
                }
            }
            titles.append(quoted(bytes[(cells.first?.lowerBound ?? 0)..<(cells.last?.upperBound ?? 0)]))
        }
        guard let first = titles.first else { throw ReadingRefusal("the file is empty") }
        throw ReadingRefusal(
            "no line says what the columns are, and none is a time with four prices; the first is \(first)")
    }

    private static let maximumColumns = 10_000

    /// Whether a word in small letters stands in a title. By bytes: `contains` of a string brings all of the regular
    /// expressions into every program.
    private static func mentions(_ title: String, _ word: String) -> Bool {
        let title = Array(title.lowercased().utf8)
        return title.indices.contains { title[$0...].starts(with: word.utf8) }
    }

    /// Names may go on: yfinance writes the symbols and the name of the index in two more rows.
    private static func continued(_ opening: Opening, _ table: inout any Rows, _ options: ReadingOptions) throws
        -> Opening
    {
        var opening = opening
        guard opening.layout.names.first == "Price" else { return opening }
        let names = opening.layout.names
        while try table.next(), TimeText(table.bytes, table.cells[0]) == nil, opening.rowsBefore < maximumTitles {
            opening.rowsBefore += 1
            guard table.text(0) == "Ticker", table.cells.count == names.count else { continue }
            let joined = names.indices.map { $0 == 0 ? names[0] : "\(table.text($0)).\(names[$0])" }
            if let layout = try Layout(names: joined, options: options) { opening.layout = layout }
        }
        opening.layout.format = options.format ?? .yahoo
        return opening
    }

    /// A document begins with a bracket; no table does.
    private static func isJSON(_ source: any ByteSource) throws -> Bool {
        let lines = try LineReader(source)
        let first = lines.beginning.first { $0 > 0x20 }
        return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
    }
}
