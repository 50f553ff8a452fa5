import Glibc
import Postgres
import TestSupport

/// The suites of this target share one database without tables: each test makes temporary ones.
let empty: TestDatabase = {
    do { return try TestDatabase(migrated: false) } catch { fatalError("\(error)") }
}()

/// Why the server refused, or nil when it did not.
func refusal(
    of sql: String, _ parameters: [Parameter] = [], in db: inout Connection
) -> PostgresError.Code? {
    do {
        _ = try db.query(sql, parameters)
        return nil
    } catch {
        return error.code
    }
}

/// What a throwing body threw, as one of ours.
func thrown<T>(_ body: () throws -> T) -> PostgresError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? PostgresError)?.code ?? .other(sqlState: "\(error)")
    }
}
