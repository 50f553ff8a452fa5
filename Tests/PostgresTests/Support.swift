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

/// Asks until the answer is yes, for at most ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<1000 {
        if try condition() { return true }
        usleep(10_000)
    }
    return false
}
