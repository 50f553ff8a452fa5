/// Every variable that a process of ours reads, as `systemd/bitstockerz.env.example` shows it: its name, and after
/// the first equals sign what stands for it where it is not set. A test holds the two together.
///
///     Variable.responders.name      // "RESPONDERS"
///     Variable.responders.standard  // "4"
public enum Variable: String, CaseIterable, Sendable, CustomStringConvertible {
    case environment = "ENVIRONMENT=production"

    case databaseURL = "DATABASE_URL=dbname=bitstockerz"
    case databaseURLFile = "DATABASE_URL_FILE="
    case databasePooler = "DATABASE_POOLER=none"
    case databaseDirectURL = "DATABASE_DIRECT_URL="
    case databaseDirectURLFile = "DATABASE_DIRECT_URL_FILE="
    case databaseStatementTimeout = "DATABASE_STATEMENT_TIMEOUT_MS=10000"

    case publicOrigins = "PUBLIC_ORIGINS="
    case relyingPartyID = "RP_ID="
    case registration = "REGISTRATION=open"
    case attestationAnchorsFile = "ATTESTATION_ANCHORS_FILE="
    case serverSecretFile = "SERVER_SECRET_FILE=/etc/bitstockerz/server-secret"

    case googleClientID = "GOOGLE_CLIENT_ID="
    case googleClientSecretFile = "GOOGLE_CLIENT_SECRET_FILE="
    case appleClientID = "APPLE_CLIENT_ID="
    case appleTeamID = "APPLE_TEAM_ID="
    case appleKeyID = "APPLE_KEY_ID="
    case applePrivateKeyFile = "APPLE_PRIVATE_KEY_FILE="
    case googleIssuer = "GOOGLE_ISSUER=https://accounts.google.com"
    case googleAuthorization = "GOOGLE_AUTHORIZATION_ENDPOINT=https://accounts.google.com/o/oauth2/v2/auth"
    case googleToken = "GOOGLE_TOKEN_ENDPOINT=https://oauth2.googleapis.com/token"
    case googleKeys = "GOOGLE_KEYS_ENDPOINT=https://www.googleapis.com/oauth2/v3/certs"
    case googleUserInfo = "GOOGLE_USERINFO_ENDPOINT=https://openidconnect.googleapis.com/v1/userinfo"
    case appleIssuer = "APPLE_ISSUER=https://appleid.apple.com"
    case appleAuthorization = "APPLE_AUTHORIZATION_ENDPOINT=https://appleid.apple.com/auth/authorize"
    case appleToken = "APPLE_TOKEN_ENDPOINT=https://appleid.apple.com/auth/token"
    case appleKeys = "APPLE_KEYS_ENDPOINT=https://appleid.apple.com/auth/keys"

    case equityProvider = "EQUITY_PROVIDER=alpaca"
    case cryptoProvider = "CRYPTO_PROVIDER=coinbase"
    case alpacaKeyIDFile = "ALPACA_KEY_ID_FILE="
    case alpacaSecretFile = "ALPACA_SECRET_KEY_FILE="
    case tiingoTokenFile = "TIINGO_TOKEN_FILE="
    case coinbaseAddress = "COINBASE_URL=https://api.exchange.coinbase.com"
    /// It takes 600 of an address and does not like to be polled.
    case coinbaseRequests = "COINBASE_REQUESTS_A_MINUTE=300"
    case binanceAddress = "BINANCE_URL=https://data-api.binance.vision"
    /// A fifth of the weight that it gives an address in a minute.
    case binanceRequests = "BINANCE_REQUESTS_A_MINUTE=600"
    case alpacaAddress = "ALPACA_URL=https://data.alpaca.markets"
    /// What a free key may.
    case alpacaRequests = "ALPACA_REQUESTS_A_MINUTE=200"
    case tiingoAddress = "TIINGO_URL=https://api.tiingo.com"
    /// What a free key may.
    case tiingoRequests = "TIINGO_REQUESTS_AN_HOUR=50"

    case requestTimeout = "REQUEST_TIMEOUT_MS=20000"
    case responders = "RESPONDERS=4"
    case responderMaxRequests = "RESPONDER_MAX_REQUESTS=50000"
    case responderMaxMemory = "RESPONDER_MAX_MEMORY_MB=128"

    case backtestSocket = "BACKTESTD_SOCKET=/run/bitstockerz/backtestd.sock"
    case backtestWorkers = "BACKTESTD_WORKERS="
    case backtestCache = "BACKTESTD_CACHE_MB=256"
    case backtestName = "BACKTESTD_NAME="
    case workerThreads = "WORKER_THREADS=2"
    case workerName = "WORKER_NAME="
    case backtestInlineWait = "BACKTEST_INLINE_WAIT_MS=1000"
    case backtestMaxBars = "BACKTEST_MAX_BARS=200000"
    case backtestTimeout = "BACKTEST_TIMEOUT_MS=5000"
    case backtestMaxMemory = "BACKTEST_MAX_MEMORY_MB=64"

    case rateLimitCalls = "RATE_LIMIT_CALLS=600"
    case rateLimitRuns = "RATE_LIMIT_RUNS=60"
    case rateLimitExports = "RATE_LIMIT_EXPORTS=3"
    case rateLimitSignIn = "RATE_LIMIT_SIGN_IN=30"
    case quotaQueuedJobs = "QUOTA_QUEUED_JOBS=20"
    case quotaRuns = "QUOTA_RUNS=2000"
    case quotaEquityPoints = "QUOTA_EQUITY_POINTS=20000000"
    case quotaTrials = "QUOTA_TRIALS=100000"
    case quotaStrategies = "QUOTA_STRATEGIES=1000"
    case quotaStrategyVersions = "QUOTA_STRATEGY_VERSIONS=20000"
    case quotaStrategyBytes = "QUOTA_STRATEGY_BYTES=50000000"
    case quotaPaperOrders = "QUOTA_PAPER_ORDERS=100000"
    case quotaUploadBytes = "QUOTA_UPLOAD_BYTES=268435456"
    case quotaAllUploadBytes = "QUOTA_ALL_UPLOAD_BYTES=2147483648"

    case stalePrices = "PAPER_STALE_PRICES=refuse"
    case paperMaximumOrder = "PAPER_MAX_ORDER_NOTIONAL=25000"
    case paperMaximumPosition = "PAPER_MAX_POSITION_PCT=25"
    case paperMinimumCash = "PAPER_MIN_CASH=0"
    case paperMaximumResting = "PAPER_MAX_RESTING_ORDERS=200"
    case signedOrderNotional = "SIGNED_ORDER_NOTIONAL=10000"
    case paperMaximumRunners = "PAPER_MAX_RUNNERS=20"

    case webhookPrivateAddresses = "WEBHOOK_PRIVATE_ADDRESSES=refuse"

    case testPauseStage = "BACKTESTD_TEST_PAUSE_STAGE="
    case testPause = "BACKTESTD_TEST_PAUSE_MS="
    case testLease = "BACKTESTD_TEST_LEASE_MS=30000"

    case drainFile = "DRAIN_FILE=/run/bitstockerz/drain"

    case backupKeep = "BACKUP_KEEP=14"

    case metricsFile = "METRICS_FILE=/run/bitstockerz/metrics"
    case metricsTokenFile = "METRICS_TOKEN_FILE="
    case nginxRefusals = "NGINX_REFUSALS=/var/log/nginx/bitstockerz-refused"

    case logLevel = "LOG_LEVEL=info"
    case migrationsDirectory = "MIGRATIONS_DIR=/usr/share/bitstockerz/Migrations"

    public var name: String { String(rawValue.prefix { $0 != "=" }) }

    /// Empty for nothing, or for what depends on the machine or another variable.
    public var standard: String { String(rawValue.dropFirst(name.count + 1)) }

    /// Of a secret that comes by file: the variable that holds it itself.
    public var secretName: String { String(name.dropLast("_FILE".count)) }

    /// Whether it names the file of a secret that may also stand in a variable of its own.
    private var holdsSecret: Bool {
        switch self {
        case .databaseURLFile, .databaseDirectURLFile, .serverSecretFile, .googleClientSecretFile,
            .applePrivateKeyFile, .alpacaKeyIDFile, .alpacaSecretFile, .tiingoTokenFile, .metricsTokenFile:
            true
        default: false
        }
    }

    /// Those that name files with secrets.
    public static var secretFiles: [Variable] { allCases.filter(\.holdsSecret) }

    /// How `config --check` calls it: a secret may come either way.
    public var shownName: String { holdsSecret ? secretName : name }

    /// Every name that is read.
    private static let names = allCases.flatMap { $0.holdsSecret ? [$0.name, $0.secretName] : [$0.name] }

    /// Of these names, sorted, those that look like one of ours and are read by nobody, each with the name that is
    /// the most like it, if any is.
    ///
    /// - Parameter areOurs: nothing but our variables is expected, as in our own file: every unknown name is told.
    ///   Else only one that begins like ours, or differs from one of ours in two letters at most.
    public static func misspelt(
        in written: some Sequence<String>, areOurs: Bool
    ) -> [(written: String, meant: String?)] {
        let words = Set(names.compactMap { $0.contains("_") ? $0.split(separator: "_").first : nil })
        return written.filter { !names.contains($0) }.sorted().compactMap { name in
            let upper = name.uppercased()
            let closest = names.map { (name: $0, distance: editDistance($0, upper)) }.min {
                $0.distance < $1.distance
            }!
            let isLike = closest.distance <= min(2, closest.name.utf8.count / 4)
            let beginsLike = upper.split(separator: "_").first.map { words.contains($0) } ?? false
            guard isLike || areOurs || (beginsLike && upper.contains("_")) else { return nil }
            return (name, isLike ? closest.name : nil)
        }
    }

    /// How many letters have to be inserted, taken away, replaced or swapped with the next (Damerau and
    /// Levenshtein, in the restricted form that touches no letter twice).
    private static func editDistance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8), b = Array(b.utf8)
        guard abs(a.count - b.count) <= 2 else { return Int.max }
        var beforeLast: [Int] = [], last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var minimum = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    minimum = min(minimum, beforeLast[j - 1] + 1)
                }
                row.append(minimum)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }

    public var description: String { name }
}
