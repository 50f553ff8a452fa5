import Daemon
import Glibc
import Jobs
public import Market
import Postgres
public import Settings
import System
public import Trading
public import WebAuthn

/// Everything a process may be told from outside, read once at start.
///
/// The environment is the only source; secrets may come by file (`DATABASE_URL_FILE`), as systemd's `LoadCredential`
/// delivers them. All mistakes are reported together, so an operator mends a file once.
public struct Configuration: Sendable {
    public typealias Variable = Settings.Variable

    public enum Environment: String, Sendable { case production, development, test }

    /// A point where the daemon holds a run for crash tests (architecture.md, "backtestd").
    public enum Stage: String, Sendable, CaseIterable { case leased, loaded, computed, copying, committing }

    /// What stands between requests and Postgres.
    public enum Pooler: String, Sendable, CaseIterable {
        case none
        /// One that gives each transaction whatever session is free, such as PgBouncer in transaction mode.
        case transaction
    }

    public struct TestPause: Sendable, Equatable {
        public let stage: Stage
        public let milliseconds: Int
    }

    public let environment: Environment
    /// For requests, each of which may be content with one transaction after the other.
    public let databaseURL: String
    public let databasePooler: Pooler
    /// Past the pooler, for what needs a session of its own: daemons hold their names in one, migrations, backups and
    /// looks at uploads their locks. Without a pooler the same as ``databaseURL``.
    public let databaseDirectURL: String
    public let databaseStatementTimeoutMilliseconds: Int
    public let requestTimeoutMilliseconds: Int
    /// How many responders share the socket: at most a quarter of them may wait for a backtest at once.
    public let responders: Int
    public let responderMaxRequests: Int
    public let responderMaxMemoryBytes: Int
    public let backtestSocket: String
    public let backtestInlineWaitMilliseconds: Int
    public let backtestMaxBars: Int
    public let backtestTimeoutMilliseconds: Int
    public let backtestMaxMemoryBytes: Int
    public let backtestWorkers: Int
    /// How many bytes of bars the daemon keeps in memory; 0: none.
    public let backtestCacheBytes: Int
    public let backtestName: String
    /// The worker, for jobs that are no backtests.
    public let workerThreads: Int
    public let workerName: String
    public let testPause: TestPause?
    /// How long the daemon may be silent before another may take its jobs; less than half a minute only in tests.
    public let backtestLeaseMilliseconds: Int
    /// Requests a minute (api.md, "Limits"): of a user altogether, of a user to the engine, of a user for everything they
    /// have made, of an address to sign in.
    public let rateLimitCalls: Int
    public let rateLimitRuns: Int
    public let rateLimitExports: Int
    public let rateLimitSignIn: Int
    /// What a user may have at once: unfinished jobs, stored runs, stored points of equity curves.
    public let quotaQueuedJobs: Int
    public let quotaRuns: Int
    public let quotaEquityPoints: Int
    public let quotaTrials: Int
    /// Most strategies of one user that are not deleted; most versions and bytes of all of them, deleted ones included.
    public let quotaStrategies: Int
    public let quotaStrategyVersions: Int
    public let quotaStrategyBytes: Int
    /// Most orders of one paper account, over all its lives.
    public let quotaPaperOrders: Int
    /// Most bytes of files of prices that are not stored yet, of one user and of all together.
    public let quotaUploadBytes: Int
    public let quotaAllUploadBytes: Int
    /// Whether paper orders trade at prices that are older than api.md allows, as with demo prices.
    public let stalePrices: StalePrices
    /// What an order of a paper account may be.
    public let tradingLimits: TradingLimits
    /// Of accounts that sign: orders above it need a signature.
    public let signedOrderNotional: Money
    /// How many runners a paper account may have at once.
    public let paperMaximumRunners: Int
    /// Whether messages go to webhooks on this machine and in private networks.
    public let webhookPrivateAddresses: PrivateAddresses
    /// Where the page lives; nil on an installation that nobody signs in to (API keys still work).
    public let relyingParty: RelyingParty?
    public let registration: SignUpPolicy
    /// What is asked about the make of an authenticator.
    public let attestation: AttestationPolicy
    /// Whether browsers are to pass on what an authenticator says about its make.
    public let asksForAttestation: Bool
    /// At least 32 bytes that only this installation knows; never in the database, a log or an answer.
    public let serverSecret: ServerSecret?
    /// Whose accounts people may sign in with, Google before Apple.
    public let providers: [ProviderSettings]
    /// Who may be asked for prices, and with what key.
    public let priceProviders: PriceProviders
    /// Where the processes of this host count together; the name of the file begins with it.
    public let metricsFile: String
    /// Whether this host is to be left alone.
    public let drain: Drain
    /// Who shows it reads `/api/metrics`; nil: there is no such address.
    let metricsToken: MetricsToken?
    /// Where nginx counts what it refuses itself; the names of the files begin with it.
    let nginxRefusals: String
    /// How many archives of the database stay in their folder.
    public let backupKeep: Int
    public let logLevel: Log.Level
    public let migrationsDirectory: String
    private let shown: [Variable: String]

    /// What a statement may take that no request waits for: of an import, of the worker, of the command line.
    public static let patientStatementMilliseconds = 600_000

    /// What a request may be given: less than nginx waits for its answer (nginx/fastcgi.conf), and systemd for a sign of
    /// life and for the end of a responder (bitstockerz-responder@.service). Else whoever asked would be told of a failure
    /// while it is still worked on. A test holds them together.
    static let requestTimeouts = 1_000...29_000

    /// Every mistake in the environment, one line each, in the order of the documentation.
    public struct Refusal: Error, Sendable, Equatable {
        public let problems: [String]
    }

    /// - Throws: ``Refusal`` with every unusable variable; the process then exits with 78 (EX_CONFIG).
    public init(_ environment: [String: String], readFile: @escaping (String) -> String? = Self.contents)
        throws(Refusal)
    {
        var source = ConfigurationSource(environment, readFile)
        self.environment = source.choice(.environment, Environment.self)
        databaseURL = source.secret(.databaseURLFile, source.text(.databaseURL))
        databasePooler = source.choice(.databasePooler, Pooler.self)
        databaseDirectURL = source.directURL(databaseURL, databasePooler)
        source.checkConnection(.databaseURL, databaseURL)
        if databasePooler != .none { source.checkConnection(.databaseDirectURL, databaseDirectURL) }
        databaseStatementTimeoutMilliseconds = source.integer(
            .databaseStatementTimeout, 100...Self.requestTimeouts.upperBound)
        requestTimeoutMilliseconds = source.integer(.requestTimeout, Self.requestTimeouts)
        responders = source.integer(.responders, 1...1_024)
        responderMaxRequests = source.integer(.responderMaxRequests, 1...1_000_000_000)
        responderMaxMemoryBytes = source.integer(.responderMaxMemory, 16...65_536) << 20
        backtestSocket = source.socketPath(.backtestSocket)
        backtestInlineWaitMilliseconds = source.integer(
            .backtestInlineWait, 0...Self.requestTimeouts.upperBound)
        backtestMaxBars = source.integer(.backtestMaxBars, 2...10_000_000)
        backtestTimeoutMilliseconds = source.integer(.backtestTimeout, 10...3_600_000)
        backtestMaxMemoryBytes = source.integer(.backtestMaxMemory, 1...65_536) << 20
        backtestWorkers = source.integer(
            .backtestWorkers, 1...256, Self.standardBacktestWorkers(processors: Processors.count))
        backtestCacheBytes = source.integer(.backtestCache, 0...1_048_576) << 20
        backtestName = source.name(.backtestName, Self.hostName())
        workerThreads = source.integer(.workerThreads, 1...256)
        workerName = source.name(.workerName, Self.hostName() + ".worker")
        testPause = source.testPause(self.environment)
        backtestLeaseMilliseconds = source.testLease(self.environment)
        rateLimitCalls = source.integer(.rateLimitCalls, 1...1_000_000_000)
        rateLimitRuns = source.integer(.rateLimitRuns, 1...1_000_000_000)
        rateLimitExports = source.integer(.rateLimitExports, 1...1_000_000_000)
        rateLimitSignIn = source.integer(.rateLimitSignIn, 1...1_000_000_000)
        quotaQueuedJobs = source.integer(.quotaQueuedJobs, 1...1_000_000_000)
        quotaRuns = source.integer(.quotaRuns, 1...1_000_000_000)
        quotaEquityPoints = source.integer(.quotaEquityPoints, 1...1_000_000_000_000_000)
        quotaTrials = source.integer(.quotaTrials, 1...1_000_000_000)
        quotaStrategies = source.integer(.quotaStrategies, 1...1_000_000_000)
        quotaStrategyVersions = source.integer(.quotaStrategyVersions, 1...1_000_000_000)
        quotaStrategyBytes = source.integer(.quotaStrategyBytes, 1...1_000_000_000_000_000)
        quotaPaperOrders = source.integer(.quotaPaperOrders, 1...1_000_000_000)
        quotaUploadBytes = source.integer(.quotaUploadBytes, 1...1_000_000_000_000_000)
        quotaAllUploadBytes = source.integer(.quotaAllUploadBytes, 1...1_000_000_000_000_000)
        stalePrices = source.choice(.stalePrices, StalePrices.self)
        tradingLimits = source.tradingLimits()
        signedOrderNotional = source.amount(.signedOrderNotional)
        paperMaximumRunners = source.integer(.paperMaximumRunners, 1...1_000)
        webhookPrivateAddresses = source.choice(.webhookPrivateAddresses, PrivateAddresses.self)
        relyingParty = source.relyingParty()
        registration = source.choice(.registration, SignUpPolicy.self)
        let anchors = source.trustAnchors()
        attestation = anchors.map { .trusted($0) } ?? .none
        asksForAttestation = anchors != nil
        serverSecret = source.serverSecret(isNeeded: source.isSet(Variable.publicOrigins.name))
        providers = source.providers(allowsLoopback: self.environment != .production)
        priceProviders = source.priceProviders(allowsLoopback: self.environment != .production)
        metricsFile = source.absolutePath(.metricsFile)
        drain = Drain(file: source.absolutePath(.drainFile))
        metricsToken = source.metricsToken()
        nginxRefusals = source.absolutePath(.nginxRefusals)
        backupKeep = source.integer(.backupKeep, 1...100_000)
        logLevel = source.choice(.logLevel, Log.Level.self)
        migrationsDirectory = source.text(.migrationsDirectory, InstalledFiles.share + "/Migrations")
        for (variable, milliseconds, what) in [
            (Variable.databaseStatementTimeout, databaseStatementTimeoutMilliseconds, "a slow statement must end"),
            (.backtestInlineWait, backtestInlineWaitMilliseconds, "the wait for a backtest must be over"),
        ] where milliseconds >= requestTimeoutMilliseconds {
            source.problems.append(
                "\(variable) (\(milliseconds)) must be below \(Variable.requestTimeout) "
                    + "(\(requestTimeoutMilliseconds)): \(what) before its request does")
        }
        source.show(.databaseURL, Self.masked(databaseURL))
        if databasePooler != .none { source.show(.databaseDirectURL, Self.masked(databaseDirectURL)) }
        shown = source.effective
        guard source.problems.isEmpty else { throw Refusal(problems: source.problems) }
    }

    /// The effective values as `config --check` prints them: name and value, secrets and passwords masked.
    public var effective: [(name: String, value: String)] {
        Variable.allCases.compactMap { variable in
            guard let value = shown[variable], ![.databaseURLFile, .databaseDirectURLFile].contains(variable) else {
                return nil
            }
            return (variable.shownName, value)
        }
    }

    /// For what signs.
    ///
    /// - Throws: ``Refusal`` when none is set.
    public func requiredServerSecret() throws(Refusal) -> ServerSecret {
        guard let serverSecret else {
            throw Refusal(problems: [
                "\(Variable.serverSecretFile.secretName) is not set, nor \(Variable.serverSecretFile), "
                    + "and \(Variable.serverSecretFile.standard) cannot be read: "
                    + "make one with openssl rand -hex 32, the same for every host"
            ])
        }
        return serverSecret
    }

    /// Hides the password of a URL (`scheme://user:password@host`) and of a keyword string (`password=...`).
    static func masked(_ conninfo: String) -> String {
        // Nobody knows where its password begins and ends.
        guard ConnectionString.isUnderstood(conninfo) else { return "***" }
        var text = conninfo
        if let scheme = text.range(of: "://"), let at = text[scheme.upperBound...].firstIndex(of: "@"),
            let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        {
            text.replaceSubrange(text.index(after: colon)..<at, with: "***")
        }
        let isURL = text.range(of: "://") != nil
        var shown = "", rest = text[...]
        while let key = rest.range(of: "password") {
            // libpq takes white space around the equals sign, and a backslash before any character of the value.
            var value = rest[key.upperBound...].drop { $0.isWhitespace }
            guard value.first == "=" else {
                shown += rest[..<key.upperBound]
                rest = rest[key.upperBound...]
                continue
            }
            value = value.dropFirst().drop { $0.isWhitespace }
            let isQuoted = value.first == "'"
            if isQuoted { value = value.dropFirst() }
            shown += rest[..<value.startIndex] + "***"
            var isEscaped = false
            rest = value.drop { character in
                if isEscaped {
                    isEscaped = false
                    return true
                }
                isEscaped = character == "\\"
                return isQuoted ? character != "'" : !character.isWhitespace && !(isURL && character == "&")
            }
        }
        return shown + rest
    }

    /// A text file of 4 MiB at most, without its trailing newline; nil when it cannot be read.
    public static func contents(of path: String) -> String? {
        guard var text = try? File.text(of: path, maximumBytes: 4 << 20) else { return nil }
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    /// Who loads a page comes before a backtest: a processor is left to responders and Postgres. More than 4 would only wait
    /// for each other in Postgres.
    static func standardBacktestWorkers(processors: Int) -> Int { min(4, max(1, processors - 1)) }

    private static func hostName() -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension StringProtocol {
    /// The first occurrence of `needle` at or after `from`; the standard library has none without Foundation.
    func range(of needle: String, from: Index? = nil) -> Range<Index>? {
        var start = from ?? startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension Configuration.Environment: CaseIterable {}
