import TestSupport
import Testing

@testable import Postgres

/// An upgrade keeps nobody waiting: what scans a large table does not lock it against all others meanwhile.
@Suite struct UpgradeTests {
    /// Files up to this one are on servers and stay as they are.
    private static let released = 305
    /// Of those with a higher number these are, too.
    private static let releasedSince: Set<Int> = [320]

    /// The CHECKs that a file adds to tables that were there before it, each with what follows it.
    private func rules(of migration: Migration) -> [(rule: String, follower: String)] {
        // Comments are no statements, and may hold any signs.
        let lines = migration.sql.split(separator: "\n", omittingEmptySubsequences: false)
        let sql = lines.map { $0.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)[0] }
            .joined(separator: "\n")
        let statements = SQLStatements.split(sql)
        let made = statements.compactMap { statement -> String? in
            let words = SQLStatements.leadingWords(statement, count: 3)
            return words.count == 3 && words[0] == "create" && words[1] == "table" ? words[2] : nil
        }
        return statements.flatMap { statement -> [(rule: String, follower: String)] in
            let words = SQLStatements.leadingWords(statement, count: 3)
            guard words.count == 3, words[0] == "alter", words[1] == "table", !made.contains(words[2]) else {
                return []
            }
            return statement.ranges(of: "CHECK (").map { range in
                var depth = 1, end = range.upperBound
                while depth > 0 {
                    if statement[end] == "(" { depth += 1 } else if statement[end] == ")" { depth -= 1 }
                    end = statement.index(after: end)
                }
                return (String(statement[range.lowerBound..<end]), String(statement[end...].prefix(10)))
            }
        }
    }

    @Test func `a rule for a table that is there is looked through later, by a file of its own`() throws {
        let migrations = try Migrator(directory: Repository.migrations).migrations
        var count = 0
        for migration in migrations
        where migration.version > Self.released && !Self.releasedSince.contains(migration.version) {
            for (rule, follower) in rules(of: migration) {
                #expect(follower == " NOT VALID", "\(migration.fileName): \(rule)")
                count += 1
            }
        }
        #expect(count >= 15)
        // And it is looked through: no row is without it in the end. A type's rule is not, which would lock every table
        // that has the type: it says what their own rules have said until then.
        var db = try Seed.database.connect()
        let left = try db.query(
            "SELECT coalesce(array_agg(conname::text), '{}') FROM pg_constraint WHERE NOT convalidated AND contypid = 0"
        )
        #expect(try left.strings(0, 0) == [])
    }
}
