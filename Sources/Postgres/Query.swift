/// One statement, and what its answer is: the only way from SQL to values and back.
///
/// ```swift
/// extension Query {
///     static func listings(on exchange: String) -> Query<[Listing]> {
///         .all("SELECT id, symbol FROM symbols WHERE exchange = $1", exchange, read: inOrder(Listing.init))
///     }
/// }
/// let listings = try db.run(.listings(on: "NYSE"))
/// ```
///
/// Parameters are `$1`, `$2`, ... and travel beside the SQL, never inside it. They go as text and take the type the
/// statement gives their place, so cast where the place alone does not say: `$1::uuid`.
public struct Query<Output>: Sendable {
    let statement: Statement
    let decode: @Sendable (borrowing Rows) throws -> Output

    /// - Parameter decode: makes the answer from all of its rows at once, column by column where there are many.
    public init(
        _ sql: String, _ parameters: any ParameterValue...,
        decode: @escaping @Sendable (borrowing Rows) throws -> Output
    ) {
        self.init(Statement(sql, parameters.map(\.parameter)), decode: decode)
    }

    init(_ statement: Statement, decode: @escaping @Sendable (borrowing Rows) throws -> Output) {
        self.statement = statement
        self.decode = decode
    }

    /// Every row, in order.
    public static func all<Row>(
        _ sql: String, _ parameters: any ParameterValue...,
        read: @escaping @Sendable (inout RowReader) throws -> Row
    ) -> Self where Output == [Row] {
        all(sql, with: parameters, read: read)
    }

    /// The same with parameters that were collected.
    public static func all<Row>(
        _ sql: String, with parameters: [any ParameterValue],
        read: @escaping @Sendable (inout RowReader) throws -> Row
    ) -> Self where Output == [Row] {
        Query(Statement(sql, parameters.map(\.parameter))) { rows in
            var found: [Row] = []
            found.reserveCapacity(rows.count)
            for index in 0..<rows.count { found.append(try rows.read(index, read)) }
            return found
        }
    }

    /// The row, or nil when there is none. More than one is a fault of the statement.
    public static func first<Row>(
        _ sql: String, _ parameters: any ParameterValue...,
        read: @escaping @Sendable (inout RowReader) throws -> Row
    ) -> Self where Output == Row? {
        first(Statement(sql, parameters.map(\.parameter)), read: read)
    }

    /// The one value of the row, or nil when there is none.
    public static func first<Value: ColumnValue>(
        _ sql: String, _ parameters: any ParameterValue...
    ) -> Self where Output == Value? {
        first(Statement(sql, parameters.map(\.parameter))) { row in try row.next() }
    }

    private static func first<Row>(
        _ statement: Statement, read: @escaping @Sendable (inout RowReader) throws -> Row
    ) -> Self where Output == Row? {
        Query(statement) { rows in
            guard rows.count <= 1 else { throw PostgresError(.unexpectedResult, "\(rows.count) rows for at most one") }
            return rows.isEmpty ? nil : try rows.read(0, read)
        }
    }

    /// The one row that there always is.
    public static func one(
        _ sql: String, _ parameters: any ParameterValue...,
        read: @escaping @Sendable (inout RowReader) throws -> Output
    ) -> Self {
        one(Statement(sql, parameters.map(\.parameter)), read: read)
    }

    /// The one value of the one row that there always is.
    public static func value(
        _ sql: String, _ parameters: any ParameterValue...
    ) -> Self where Output: ColumnValue {
        one(Statement(sql, parameters.map(\.parameter))) { row in try row.next() }
    }

    private static func one(
        _ statement: Statement, read: @escaping @Sendable (inout RowReader) throws -> Output
    ) -> Self {
        Query(statement) { rows in
            guard rows.count == 1 else { throw PostgresError(.unexpectedResult, "\(rows.count) rows for one") }
            return try rows.read(0, read)
        }
    }

    /// The first column of every row, in order.
    public static func values<Value: ColumnValue>(
        _ sql: String, _ parameters: any ParameterValue...
    ) -> Self where Output == [Value] {
        all(sql, with: parameters) { row in try row.next() }
    }

    /// The same answer made into something else.
    public func map<Other>(_ transform: @escaping @Sendable (Output) throws -> Other) -> Query<Other> {
        let decode = decode
        return Query<Other>(statement) { rows in try transform(decode(rows)) }
    }
}

extension Query where Output == Int {
    /// A statement that changes rows; the answer is how many.
    public static func change(_ sql: String, _ parameters: any ParameterValue...) -> Self {
        change(sql, with: parameters)
    }

    public static func change(_ sql: String, with parameters: [any ParameterValue]) -> Self {
        Query(Statement(sql, parameters.map(\.parameter))) { rows in rows.affected }
    }

    /// Lets the transaction end before its record is on the disk: what a crash of the server may take away, it and
    /// nothing else, must be something that is done again by itself. Later commits that wait bring it along.
    public static let withoutWaitingForDisk = change("SELECT set_config('synchronous_commit', 'off', true)")
}

extension Connection {
    /// Runs one statement, prepared once a session and remembered by its text.
    ///
    /// - Throws: ``PostgresError``, or what reading the answer throws.
    @discardableResult
    public mutating func run<Output>(_ query: Query<Output>) throws -> Output {
        try query.decode(self.query(query.statement.sql, query.statement.parameters))
    }

    /// Runs several statements in one trip to the server and back, so that each costs neither a wait nor two switches
    /// between processes. None can use what an earlier one gave.
    ///
    /// Outside a transaction they are one: when any fails, none has happened. Inside one a failure is that of the
    /// transaction, as ever.
    @discardableResult
    public mutating func run<First, Second, each Other>(
        _ first: Query<First>, _ second: Query<Second>, _ other: repeat Query<each Other>
    ) throws -> (First, Second, repeat each Other) {
        var statements = [first.statement, second.statement]
        for query in repeat each other { statements.append(query.statement) }
        var answers = try batch(statements)
        return (
            try answers.next(first), try answers.next(second), repeat try answers.next(each other)
        )
    }

    /// The same for changes of which nobody knows the number beforehand; none make no trip.
    ///
    /// - Returns: how many rows each has changed.
    @discardableResult
    public mutating func run(_ changes: [Query<Int>]) throws -> [Int] {
        guard !changes.isEmpty else { return [] }
        var answers = try batch(changes.map(\.statement))
        return try changes.map { change in try answers.next(change) }
    }

    /// The same, and in the same trip what is asked after them.
    public mutating func run<First, Second>(
        _ changes: [Query<Int>], then first: Query<First>, _ second: Query<Second>
    ) throws -> (First, Second) {
        var answers = try batch(changes.map(\.statement) + [first.statement, second.statement])
        for change in changes { _ = try answers.next(change) }
        return (try answers.next(first), try answers.next(second))
    }

    /// Reads in one trip, all of it as it stood at one moment.
    public mutating func snapshot<each Output>(_ query: repeat Query<each Output>) throws -> (repeat each Output) {
        var statements = [Statement("BEGIN \(Isolation.repeatableReadReadOnly.rawValue)")]
        for query in repeat each query { statements.append(query.statement) }
        statements.append(Statement("COMMIT"))
        var answers = try opening(statements)
        answers.skip()
        return (repeat try answers.next(each query))
    }

    /// Runs the body in a transaction whose first statement travels with its BEGIN, so that it costs no trip.
    ///
    /// - Parameters:
    ///   - query: what begins the transaction whatever comes after it.
    ///   - body: gets the answer to it.
    @discardableResult
    public mutating func transaction<Opening, Output: ~Copyable>(
        _ isolation: Isolation = .readCommitted, opening query: Query<Opening>,
        body: (inout Connection, Opening) throws -> Output
    ) throws -> Output {
        try transaction(isolation, [query.statement]) { answers throws in
            try answers.next(query)
        } body: { db, opened in
            try body(&db, opened)
        }
    }

    // Two to four statements, written out: the compiler does not see that a closure's first parameter is inout where
    // a parameter pack follows it.

    @discardableResult
    public mutating func transaction<First, Second, Output: ~Copyable>(
        _ isolation: Isolation = .readCommitted, opening first: Query<First>, _ second: Query<Second>,
        body: (inout Connection, First, Second) throws -> Output
    ) throws -> Output {
        try transaction(isolation, [first.statement, second.statement]) { answers throws in
            (try answers.next(first), try answers.next(second))
        } body: { db, opened in
            try body(&db, opened.0, opened.1)
        }
    }

    @discardableResult
    public mutating func transaction<First, Second, Third, Output: ~Copyable>(
        _ isolation: Isolation = .readCommitted, opening first: Query<First>, _ second: Query<Second>,
        _ third: Query<Third>, body: (inout Connection, First, Second, Third) throws -> Output
    ) throws -> Output {
        try transaction(isolation, [first.statement, second.statement, third.statement]) { answers throws in
            (try answers.next(first), try answers.next(second), try answers.next(third))
        } body: { db, opened in
            try body(&db, opened.0, opened.1, opened.2)
        }
    }

    @discardableResult
    public mutating func transaction<First, Second, Third, Fourth, Output: ~Copyable>(
        _ isolation: Isolation = .readCommitted, opening first: Query<First>, _ second: Query<Second>,
        _ third: Query<Third>, _ fourth: Query<Fourth>,
        body: (inout Connection, First, Second, Third, Fourth) throws -> Output
    ) throws -> Output {
        let statements = [first.statement, second.statement, third.statement, fourth.statement]
        return try transaction(isolation, statements) { answers throws in
            (try answers.next(first), try answers.next(second), try answers.next(third), try answers.next(fourth))
        } body: { db, opened in
            try body(&db, opened.0, opened.1, opened.2, opened.3)
        }
    }

    private mutating func transaction<Opened, Output: ~Copyable>(
        _ isolation: Isolation, _ statements: [Statement], read: (inout Answers) throws -> Opened,
        body: (inout Connection, Opened) throws -> Output
    ) throws -> Output {
        var answers = try opening([Statement("BEGIN \(isolation.rawValue)")] + statements)
        let value: Output
        do {
            answers.skip()
            value = try body(&self, read(&answers))
        } catch {
            rollBack()
            throw error
        }
        try commit()
        return value
    }

    /// The batch that begins a transaction. When a table changed under a prepared statement, nothing has happened yet,
    /// and all of it is begun anew.
    private mutating func opening(_ statements: [Statement]) throws -> Answers {
        guard !isInTransaction else {
            throw PostgresError(.other(sqlState: "25001"), "a transaction is already under way")
        }
        do throws(PostgresError) { return try batch(statements) } catch {
            rollBack()
            guard error.isStalePlan, isUsable else { throw error }
        }
        do throws(PostgresError) { return try batch(statements) } catch {
            rollBack()
            throw error
        }
    }
}

extension Answers {
    fileprivate mutating func next<Output>(_ query: Query<Output>) throws -> Output { try query.decode(next()) }

    fileprivate mutating func skip() { _ = next() }
}
