public import Daemon
import Market
import Postgres
public import Providers
import Synchronization

/// The turns of the vendors in the database, and so those of all hosts (V0481__share_turns_of_providers.sql). Over a session
/// of its own: whoever fetches does so beside the thread of the job, which has its session for what is stored.
public final class ProviderTurns: SharedTurns {
    private let database: Mutex<Database>
    private let log: Log

    public init(_ configuration: Configuration, log: Log) {
        database = Mutex(Database(configuration, applicationName: Program.worker.rawValue + " turns", log: log))
        self.log = log
    }

    public func take(_ wish: Turns.Wish, of provider: String) -> Turns.Turn? {
        do {
            return try database.withLock { database in
                try database.use { db in try Self.take(wish, of: provider, in: &db) }
            }
        } catch {
            // Where the database is away nothing can be stored, either, and the job says so.
            log.warning(
                "a turn was taken beside those of other hosts",
                ["provider": .string(provider), "detail": .string("\(error)")])
            return nil
        }
    }

    /// Nothing of it needs to outlive a crash of the server: a turn more or less is all that is lost.
    static func take(
        _ wish: Turns.Wish, of provider: String, in db: inout Connection
    ) throws -> Turns.Turn {
        try db.transaction(opening: .withoutWaitingForDisk, .lockingTurns(of: provider)) { db, _, state in
            var turns = state.turns
            let turn = turns.take(wish, now: state.now)
            try db.run(.storing(turns, of: provider))
            return turn
        }
    }
}

extension Query {
    /// In nanoseconds of the database's clock, with what it says now.
    fileprivate static func lockingTurns(of provider: String) -> Query<(turns: Turns, now: Int64)> {
        .one(
            """
            SELECT next_turn, told_turn, clock_timestamp() FROM (SELECT) AS asked LEFT JOIN
              (SELECT next_turn, told_turn FROM provider_states WHERE provider = $1 FOR UPDATE) AS state ON true
            """, provider
        ) { row in
            let next: Instant? = try row.next(), told: Instant? = try row.next(), now: Instant = try row.next()
            return (
                turns: Turns(next: next.map { $0.microseconds * 1_000 }, told: told.map { $0.microseconds * 1_000 }),
                now: now.microseconds * 1_000
            )
        }
    }

    fileprivate static func storing(_ turns: Turns, of provider: String) -> Query<Int> {
        func moment(_ nanoseconds: Int64?) -> Instant? { nanoseconds.map { Instant(microseconds: $0 / 1_000) } }
        return .change(
            """
            INSERT INTO provider_states (provider, next_turn, told_turn) VALUES ($1, $2::timestamptz, $3::timestamptz)
            ON CONFLICT (provider) DO UPDATE SET next_turn = excluded.next_turn, told_turn = excluded.told_turn
            """, provider, moment(turns.next), moment(turns.told))
    }
}
