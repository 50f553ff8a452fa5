import HTTP
import JSON
import Postgres

/// `GET /api/me/export`: everything a user made, as one JSON document. Trades and equity points of backtests are their
/// own exports, which it names.
enum AccountExport {
    private static let format = "bitstockerz.account.1"

    private static var schema: Schema {
        .object([("format", .words([format]), true)] + sections.map { ($0.name, $0.schema, true) })
            .named("AccountExport")
    }

    static let route = Route.streaming(
        .get, "/api/me/export", .session(),
        "Everything the user made, as one download. Trades and equity curves have exports of their own.",
        takes: .nothing, answers: [StreamedAnswer(about: "A JSON document") { schema }], limit: .exports
    ) { call, db, _, begin in
        let userID = try call.userID()
        guard let stream = begin(.file(.json, "attachment; filename=\"bitstockerz-account.json\"")) else { return }
        try call.audit(.userExported, in: &db)
        try db.transaction(.repeatableReadReadOnly) { db in
            var document = DocumentWriter(stream)
            try document.write("{\"format\":\"\(format)\"")
            for section in sections {
                try document.write(",\"\(section.name)\":")
                try section.write(userID, in: &db, to: &document)
            }
            try document.write("}")
            try document.flush()
        }
    }

    /// SQL for a time in the API's form.
    static func time(_ name: String) -> String {
        "to_char(\(name) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    /// SQL for bytes as base64url, without padding.
    static func base64URL(_ name: String) -> String { "translate(encode(\(name), 'base64'), E'+/=\\n', '-_')" }

    /// Gathers what is written into pieces worth sending.
    fileprivate struct DocumentWriter {
        private let stream: any BodyStream
        private var piece: [UInt8] = []

        init(_ stream: any BodyStream) { self.stream = stream }

        mutating func write(_ text: String) throws { try write(Array(text.utf8)[...]) }

        mutating func write(_ bytes: ArraySlice<UInt8>) throws {
            piece += bytes
            if piece.count >= pieceBytes { try flush() }
        }

        mutating func flush() throws {
            try stream.write(piece)
            piece.removeAll(keepingCapacity: true)
        }
    }
}

/// A member of an exported object, for the database and for the document.
struct ExportColumn: Sendable {
    let name: String
    private(set) var makeSchema: @Sendable () -> Schema
    private let source: String?
    private let written: @Sendable (String) -> String

    var schema: Schema { makeSchema() }

    /// - Parameters:
    ///   - source: SQL for where it comes from; nil: the column of that name.
    ///   - written: SQL for how it is written.
    init(
        _ name: String, _ schema: @autoclosure @escaping @Sendable () -> Schema, _ source: String? = nil,
        written: @escaping @Sendable (String) -> String = { $0 }
    ) {
        (self.name, makeSchema, self.source, self.written) = (name, schema, source, written)
    }

    static func text(_ name: String, _ source: String? = nil) -> ExportColumn {
        ExportColumn(name, Form<String>.text.schema, source)
    }

    static func id(_ name: String, _ source: String? = nil) -> ExportColumn {
        ExportColumn(name, Form<String>.uuid.schema, source)
    }

    static func integer(_ name: String, _ source: String? = nil) -> ExportColumn {
        ExportColumn(name, Form<Int>.integer.schema, source)
    }

    static func flag(_ name: String, _ source: String? = nil) -> ExportColumn {
        ExportColumn(name, .type("boolean"), source)
    }

    static func time(_ name: String, _ source: String? = nil) -> ExportColumn {
        ExportColumn(name, .text(format: "date-time"), source, written: AccountExport.time)
    }

    static func money(_ name: String) -> ExportColumn {
        ExportColumn(name, Form<String>.money.schema) { "\($0)::text" }
    }

    /// A number with as many decimals as its column has, as text.
    static func decimal(_ name: String) -> ExportColumn {
        ExportColumn(name, Form<String>.text.schema) { "\($0)::text" }
    }

    var orNull: ExportColumn {
        var column = self
        let some = makeSchema
        column.makeSchema = { some().orNull }
        return column
    }

    /// - Parameter table: what is its table's name in the statement; nil: it is the only one.
    fileprivate func sql(of table: String?) -> String { written(source ?? (table.map { "\($0)." } ?? "") + name) }
}

/// One member of the document.
struct ExportSection: Sendable {
    let name: String
    let makeSchema: @Sendable () -> Schema
    private let shape: Shape
    let sql: String

    var schema: Schema { makeSchema() }

    private enum Shape {
        /// Of one row.
        case object
        case list
        /// Rows of a number and an object: 0 begins an outer object, and the others are its `versions`.
        case versions
    }

    private init(
        _ name: String, _ shape: Shape, _ schema: @autoclosure @escaping @Sendable () -> Schema, _ sql: String
    ) {
        (self.name, self.shape, makeSchema, self.sql) = (name, shape, schema, sql)
    }

    static func object(_ name: String, _ columns: [ExportColumn], _ source: String) -> ExportSection {
        ExportSection(name, .object, schema(of: columns), rows(columns, of: nil, source))
    }

    /// - Parameter table: what is the name in `source` of the table with the columns.
    static func list(
        _ name: String, of table: String? = nil, _ columns: [ExportColumn], _ source: String
    ) -> ExportSection {
        ExportSection(name, .list, .list(schema(of: columns)), rows(columns, of: table, source))
    }

    /// - Parameters:
    ///   - outer: of the rows that `outerSource` selects, which are called `outer_row`.
    ///   - inner: of `table` in `innerSource`, which belongs to one of those.
    static func versions(
        _ name: String, _ outer: [ExportColumn], _ outerSource: String, number: String, _ inner: [ExportColumn],
        of table: String, _ innerSource: String
    ) -> ExportSection {
        ExportSection(
            name, .versions,
            .list(
                .object(
                    outer.map { ($0.name, $0.schema, true) } + [("versions", .list(schema(of: inner)), true)])),
            """
            SELECT part.number, part.object::text FROM (\(outerSource)) outer_row
            CROSS JOIN LATERAL (
              SELECT 0 AS number, \(json(outer, of: "outer_row")) AS object
              UNION ALL
              SELECT \(number), \(json(inner, of: table)) \(innerSource)
              ORDER BY number
            ) part
            """)
    }

    private static func schema(of columns: [ExportColumn]) -> Schema {
        .object(columns.map { ($0.name, $0.schema, true) })
    }

    private static func rows(_ columns: [ExportColumn], of table: String?, _ source: String) -> String {
        let selected = columns.map { "\($0.sql(of: table)) AS \($0.name)" }.joined(separator: ", ")
        return "SELECT row_to_json(t)::text FROM (SELECT \(selected) \(source)) t"
    }

    private static func json(_ columns: [ExportColumn], of table: String) -> String {
        "json_build_object(" + columns.map { "'\($0.name)', \($0.sql(of: table))" }.joined(separator: ", ") + ")"
    }

    fileprivate func write(
        _ userID: String, in db: inout Connection, to document: inout AccountExport.DocumentWriter
    ) throws {
        var isFirst = true
        switch shape {
        case .object: try document.write(db.run(Query<[UInt8]>.value(sql, userID))[...])
        case .list:
            try document.write("[")
            try db.each(.all(sql, userID) { row in try row.next([UInt8].self) }) { (object: [UInt8]) in
                if !isFirst { try document.write(",") }
                isFirst = false
                try document.write(object[...])
            }
            try document.write("]")
        case .versions:
            try document.write("[")
            var isFirstVersion = true
            try db.each(
                .all(sql, userID) { row in (number: try row.next(Int.self), object: try row.next([UInt8].self)) }
            ) { (part: (number: Int, object: [UInt8])) in
                if part.number == 0 {
                    try document.write(isFirst ? "" : "]},")
                    (isFirst, isFirstVersion) = (false, true)
                    try document.write(part.object.dropLast())
                    try document.write(#","versions":["#)
                } else {
                    if !isFirstVersion { try document.write(",") }
                    isFirstVersion = false
                    try document.write(part.object[...])
                }
            }
            try document.write(isFirst ? "]" : "]}]")
        }
    }
}
