import Daemon
import HTTP
import JSON
import Jobs
import Postgres
import System

// What the rest of the product says to the meters, one line each there.

extension Meters {
    /// The life of a process among those of its host: counted where it begins, and where this value ends.
    struct Life: ~Copyable {
        private let program: Program

        /// - Parameter file: shared with the other processes. Where that cannot be, this one counts for itself and goes on.
        init(_ program: Program, sharing file: String, _ log: Log) {
            self.program = program
            let meters = Meters.current
            do {
                // 0 is nobody's.
                let before = try meters.table.share(file, owner: UInt64(program.place + 1))
                if let before, let lost = Program.allCases.first(where: { $0.place + 1 == before }) {
                    meters.exits.add(1, lost.rawValue, Exit.killed.rawValue)
                }
            } catch {
                log.warning("metrics are not shared", ["detail": .string("\(error)")])
            }
            meters.starts.add(at: program.place)
            meters.processes.set(1, at: program.place)
        }

        /// An end that nobody meant.
        deinit { Self.close(program, .error) }

        consuming func end(_ exit: Exit) {
            Self.close(program, exit)
            discard self
        }

        private static func close(_ program: Program, _ exit: Exit) {
            Meters.current.exits.add(1, program.rawValue, exit.rawValue)
            Meters.current.processes.set(0, at: program.place)
            Meters.current.table.leave()
        }
    }

    /// A process of a pool took a request, or has answered it.
    func isBusy(_ isBusy: Bool, _ program: Program) { busy.set(isBusy ? 1 : 0, at: program.place) }

    /// - Parameters:
    ///   - route: its place in ``Routes/all``, or ``unmatched``.
    ///   - nanoseconds: nil for what never became a request.
    func answered(route: Int, _ requestBytes: Int, _ status: Int, _ responseBytes: Int, nanoseconds: Int64?) {
        let hundred = min(max(status / 100, 1), Self.statusClasses.count) - 1
        requests.add(at: route * Self.statusClasses.count + hundred)
        if let nanoseconds { requestSeconds.observe(nanoseconds: nanoseconds, at: route) }
        if requestBytes > 0 { self.requestBytes.add(requestBytes, at: route) }
        self.responseBytes.add(responseBytes, at: route)
    }

    func refused(_ problem: Problem, limit: RateLimit? = nil) {
        problems.add(1, problem.code)
        switch ErrorCode(rawValue: problem.code) {
        case .rateLimited: limitsHit.add(1, (limit ?? .calls).rawValue)
        case .quotaExceeded: limitsHit.add(1, Self.quota)
        default: break
        }
    }

    /// - Parameter reason: why somebody was refused, as the audit trail calls it.
    func happened(_ event: AccountEvent, reason: String?) {
        accountEvents.add(1, event.rawValue)
        if let reason { signInRefusals.add(1, reason) }
    }

    func computed(bars: Int, nanoseconds: Int64) {
        runs.add()
        runBars.add(bars)
        runSeconds.add(Int(nanoseconds))
    }

    func hasCached(bars: Int, bytes: Int) {
        cachedBars.set(bars)
        cachedBytes.set(bytes)
    }

    /// Whether a run found its bars in the daemon's memory.
    func lookedInCache(wasThere: Bool) { cacheRequests.add(at: wasThere ? 0 : 1) }

    func attempted(_ kind: String, _ outcome: AttemptOutcome, nanoseconds: Int64) {
        attempts.add(1, kind, outcome.rawValue)
        attemptSeconds.observe(nanoseconds: nanoseconds, kind)
    }

    /// A sign-in provider was asked something.
    public static func askedProvider(_ provider: IdentityProvider, isAnswered: Bool, since began: Int64) {
        let word = provider.rawValue
        current.providerSeconds.observe(nanoseconds: SystemClock.monotonicNanoseconds() - began, word)
        current.providerRequests.add(1, word, isAnswered ? "answered" : "failed")
    }

    /// A provider of prices was asked something.
    func askedForPrices(_ provider: String, _ outcome: PriceOutcome, since began: Int64) {
        priceSeconds.observe(nanoseconds: SystemClock.monotonicNanoseconds() - began, provider)
        priceRequests.add(1, provider, outcome.rawValue)
    }

    func happened(_ event: Session.Event) {
        switch event {
        case .lost: sessionEvents.add(1, "lost")
        case .unreachable: sessionEvents.add(1, "unreachable")
        case .restored: sessionEvents.add(1, "restored")
        }
    }

    /// The same settings, with the round trips counted as those of the program that the session is called after.
    func counting(_ settings: SessionSettings) -> SessionSettings {
        guard let program = Program.allCases.first(where: { settings.applicationName.hasPrefix($0.rawValue) }) else {
            return settings
        }
        var settings = settings
        let place = program.place, meter = roundTripSeconds
        settings.afterRoundTrip = { meter.observe(nanoseconds: $0, at: place) }
        return settings
    }
}

extension Program {
    /// Among the values of the label.
    var place: Int {
        switch self {
        case .responder: 0
        case .outbound: 1
        case .backtestd: 2
        case .worker: 3
        }
    }
}
