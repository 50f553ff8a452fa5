import Backtest
import Jobs
import Postgres
import Providers
import System
import Telemetry
import WebAuthn

/// Everything that is counted: the one place where a metric has its name, its words and its labels. What is told, the list
/// in the README, and what alerts and dashboard may use are made of it.
///
/// No label tells of a user, a symbol or an id, and none has values that come from outside.
public struct Meters: Sendable {
    /// This process's. It counts for itself until ``Life``.
    static let current = Meters()

    let table: MetricTable

    let requests: Counter
    let requestSeconds: Histogram
    let requestBytes: Counter
    let responseBytes: Counter
    let problems: Counter
    let limitsHit: Counter
    let nginxRefusals: Collected
    let processes: Gauge
    let busy: Gauge
    let starts: Counter
    let exits: Counter
    let roundTripSeconds: Histogram
    let sessionEvents: Counter
    let isDatabaseUp: Collected
    let queuedJobs: Collected
    let oldestJob: Collected
    let attempts: Counter
    let attemptSeconds: Histogram
    let runs: Counter
    let runBars: Counter
    let runSeconds: Counter
    let cachedBars: Gauge
    let cachedBytes: Gauge
    let cacheRequests: Counter
    let accountEvents: Counter
    let signInRefusals: Counter
    let providerSeconds: Histogram
    let providerRequests: Counter
    let priceSeconds: Histogram
    let priceRequests: Counter
    let isPriceProviderOpen: Collected
    let lastPrices: Collected
    let series: Collected
    let lastImport: Collected
    let lastBar: Collected
    let checkpoints: Counter
    let lastCheckpoint: Collected
    let build: Collected

    /// Upper bounds in seconds, for what a person waits for and for what a round trip takes.
    private static let waits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
    private static let trips = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1, 5]
    private static let work = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 60, 600]

    /// How a process ended.
    enum Exit: String, CaseIterable {
        /// It was told to.
        case signal
        case maxRequests = "max_requests"
        case memory
        /// It could not go on.
        case error
        /// Without a word: killed, or crashed. Known when the next process takes its place.
        case killed
    }

    /// What became of a request to a provider of prices.
    enum PriceOutcome: String, CaseIterable { case answered, refused, failed }

    /// What an answer was, by its hundred.
    static let statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"]

    /// What ran into a limit: one a minute, or a quota.
    static let quota = "quota"

    /// Where requests are counted that no route takes.
    static let unmatched = Routes.all.count

    private init() {
        var table = MetricTable(prefix: "bitstockerz_")
        let route = Label(
            ["method", "route"], Routes.all.map { [$0.method.rawValue, $0.path] } + [["", "none"]])
        let program = Label("program", Program.self)
        let kind = Label("type", JobKinds.all.map { $0.name })
        let provider = Label("provider", IdentityProvider.self)
        // As the database spells them.
        let group = Label(
            ["asset_type", "timeframe"], [["EQUITY", "1d"], ["CRYPTO", "1d"], ["CRYPTO", "1h"]])

        build = table.collected(
            "build", "The release that tells this.", Label("version", [Version.current]), kind: .info)
        isDatabaseUp = table.collected("database_up", "Whether the database answered when this was told: 1 or 0.")

        requests = table.counter(
            "http_requests",
            "Requests answered, by route and the hundred of the status; what nginx refuses never gets here.",
            route, Label("status", Self.statusClasses))
        requestSeconds = table.histogram(
            "http_request_duration_seconds", "From the head of a request to its answer, without the way through nginx.",
            route, bounds: Self.waits)
        requestBytes = table.counter("http_request_body_bytes", "Bytes of bodies received.", route)
        responseBytes = table.counter(
            "http_response_body_bytes", "Bytes of bodies answered, before compression.", route)
        problems = table.counter(
            "http_problems", "Requests refused or failed, by the code of the problem.", Label("code", ErrorCode.self))
        limitsHit = table.counter(
            "limits_hit", "Requests refused for a limit a minute (calls, runs, exports, sign_in) or a quota.",
            Label("limit", RateLimit.allCases.map(\.rawValue) + [Self.quota]))
        nginxRefusals = table.collected(
            "nginx_refusals",
            "Requests that nginx refused itself, or got no answer to, by status; from 0 when its logs are rotated.",
            Label("status", NginxRefusals.statuses), kind: .counter)

        processes = table.gauge("processes", "Processes that are running.", program)
        busy = table.gauge(
            "responders_busy", "Processes of a pool that have a request at this moment.", program)
        starts = table.counter("process_starts", "Processes started.", program)
        exits = table.counter(
            "process_exits", "Processes ended, by reason; killed is counted when the next one takes the place.",
            program,
            Label("reason", Exit.self))

        roundTripSeconds = table.histogram(
            "database_round_trip_duration_seconds",
            "A trip to the database and back, by program; statements sent together are one.",
            program, bounds: Self.trips)
        sessionEvents = table.counter(
            "database_session_events", "Sessions with the database lost, not to be had, and had again.",
            Label("event", ["lost", "unreachable", "restored"]))

        queuedJobs = table.collected(
            "queue_jobs", "Jobs of all hosts that wait (pending) or run.", kind,
            Label("status", ["pending", "running"]))
        oldestJob = table.collected(
            "queue_oldest_job_age_seconds", "How long the job has waited that may be begun and has waited longest.",
            kind)
        attempts = table.counter(
            "job_attempts", "Attempts at jobs, by how they ended; lease_lost: another worker had the job by then.",
            kind,
            Label("outcome", AttemptOutcome.self))
        attemptSeconds = table.histogram(
            "job_duration_seconds", "An attempt at a job, from its lease to its end.", kind, bounds: Self.work)

        runs = table.counter("backtests", "Backtests computed and stored.")
        runBars = table.counter("backtest_bars", "Bars they went over.")
        runSeconds = table.counter(
            "backtest_compute_seconds", "Time in the engine: bars divided by it are bars a second.", nanoseconds: true)
        cachedBars = table.gauge("bar_cache_bars", "Bars in the daemon's memory.")
        cachedBytes = table.gauge("bar_cache_bytes", "Bytes of them, with what was prepared of them.")
        cacheRequests = table.counter(
            "bar_cache_requests", "Runs that found their bars there, or did not.", Label("result", ["hit", "miss"]))

        accountEvents = table.counter(
            "account_events", "What happened to accounts, by the name it has in the audit trail.",
            Label("event", AccountEvent.self))
        signInRefusals = table.counter(
            "sign_in_refusals", "Sign-ins, confirmations and new passkeys refused, by reason.",
            Label("reason", SignInReason.all, isOpen: true))
        providerSeconds = table.histogram(
            "provider_request_duration_seconds", "A request to a sign-in provider, with or without an answer.",
            provider,
            bounds: Self.waits)
        providerRequests = table.counter(
            "provider_requests", "Requests to sign-in providers, by whether there was an answer.", provider,
            Label("outcome", ["answered", "failed"]))

        let vendor = Label("provider", ProviderCatalog.all.map(\.name))
        priceSeconds = table.histogram(
            "price_request_duration_seconds",
            "A request to a provider of prices with the wait for its turn, with or without an answer.", vendor,
            bounds: Self.work)
        priceRequests = table.counter(
            "price_requests",
            "Requests to providers of prices: answered, refused (any status but 200) or failed (no answer).", vendor,
            Label("outcome", PriceOutcome.self))
        isPriceProviderOpen = table.collected(
            "price_provider_open",
            "Whether nobody asks a provider of prices for now, because it fails or wishes it so: 1 or 0.", vendor)
        lastPrices = table.collected(
            "price_provider_success_timestamp_seconds", "When an import from the provider last succeeded, Unix time.",
            vendor)

        series = table.collected("series", "Series with bars.", group)
        lastImport = table.collected(
            "import_timestamp_seconds", "When a series of the group was last imported, Unix time.", group)
        lastBar = table.collected(
            "last_bar_timestamp_seconds", "When the newest bar of the group begins, Unix time.", group)
        checkpoints = table.counter("audit_checkpoints", "Checkpoints of the audit trail written.")
        lastCheckpoint = table.collected(
            "audit_checkpoint_timestamp_seconds", "When the last maintenance with a checkpoint ended, Unix time.")
        self.table = table
    }
}

/// What the audit trail calls the reasons why nobody is signed in.
private enum SignInReason {
    static let all =
        RefusalReason.allCases.map(\.rawValue) + OAuthReturn.Failure.allCases.map { $0.rawValue.lowercased() }
        + [
            "unknown_passkey", "unknown_recovery_code", "user_disabled", "no_state", "unknown_state", "expired_state",
            "other_browser", "other_provider",
        ]
}
