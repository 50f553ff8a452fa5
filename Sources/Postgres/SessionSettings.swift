/// What a session is told when it opens. Every session speaks UTF-8 and lives in UTC.
public struct SessionSettings: Sendable {
    /// Shown in `pg_stat_activity`, unless the connection string names another.
    public var applicationName: String
    /// The database, by its plain name, instead of the one that the connection string names.
    public var database: String?
    /// How long opening the session may take in all.
    public var connectTimeoutSeconds: Int
    /// How long the server may work on one statement; 0: for ever, which only an admin tool should say.
    public var statementTimeoutMilliseconds: Int
    /// How long a statement may wait for a lock; 0: as long as the statement may last.
    public var lockTimeoutMilliseconds: Int
    /// How long we may be silent inside a transaction before the server ends the session and lets go of its locks; 0: as
    /// the server is configured.
    public var idleInTransactionMilliseconds: Int
    /// How much longer than the statement time-out we wait for the server's word before we drop the session. It only
    /// passes when the server, or the way to it, has stopped answering.
    public var graceMilliseconds: Int
    /// How many prepared statements a session keeps; the least recently used one goes first.
    public var statementCacheCapacity: Int

    /// For short statements that are asked again and again: each is planned for whatever its parameters are, by an index where
    /// there is one, and never compiled; now and then anew, for tables grow. Else the server plans a statement anew for its parameters at a cost
    /// like that of running it, and keeps what it planned while a new table was still small.
    public var plansOnce: Bool
    /// A pooler gives each transaction whatever session is free (PgBouncer's transaction mode), so nothing outlives one:
    /// statements have no name, each transaction is told the time-outs, and nobody plans once. What needs a session of its
    /// own (its locks, a temporary table) goes another way.
    public var isPooled: Bool
    /// Told how many nanoseconds each trip to the server took: from a statement sent to its answer, or to those of all
    /// that were sent together.
    public var afterRoundTrip: (@Sendable (Int64) -> Void)?

    public init(
        applicationName: String = "bitstockerz", database: String? = nil, connectTimeoutSeconds: Int = 5,
        statementTimeoutMilliseconds: Int = 10_000, lockTimeoutMilliseconds: Int = 0,
        idleInTransactionMilliseconds: Int = 0, graceMilliseconds: Int = 2_000, statementCacheCapacity: Int = 128,
        plansOnce: Bool = false, isPooled: Bool = false
    ) {
        self.applicationName = applicationName
        self.database = database
        self.connectTimeoutSeconds = connectTimeoutSeconds
        self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
        self.lockTimeoutMilliseconds = lockTimeoutMilliseconds
        self.idleInTransactionMilliseconds = idleInTransactionMilliseconds
        self.graceMilliseconds = graceMilliseconds
        self.statementCacheCapacity = statementCacheCapacity
        self.plansOnce = plansOnce
        self.isPooled = isPooled
    }

    /// Tells the time-outs to the transaction under way, which is that of a batch also where nobody has begun one.
    var ofTransaction: String {
        """
        SELECT set_config('statement_timeout', '\(statementTimeoutMilliseconds)', true),
          set_config('lock_timeout', '\(lockTimeoutMilliseconds)', true)
        """
            + (idleInTransactionMilliseconds == 0
                ? ""
                : ", set_config('idle_in_transaction_session_timeout', '\(idleInTransactionMilliseconds)', true)")
    }
}

/// How much a transaction is shielded from others.
public enum Isolation: String, Sendable {
    case readCommitted = "ISOLATION LEVEL READ COMMITTED"
    case repeatableRead = "ISOLATION LEVEL REPEATABLE READ"
    /// One snapshot of the whole database for several reads.
    case repeatableReadReadOnly = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    case serializable = "ISOLATION LEVEL SERIALIZABLE"
}
