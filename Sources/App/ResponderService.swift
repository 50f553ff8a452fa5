import Daemon
import FastCGI
import System

/// A process of a pool: the accept loop around one ``Application``.
public enum ResponderService {
    /// Serves until told to stop, or until it has served or grown enough; the supervisor starts the next one then.
    ///
    /// - Parameter socket: a listening socket that other responders may share.
    public static func run(
        _ configuration: Configuration, _ pool: Pool = .responders, socket: Int32, log: Log, notify: Notify
    ) throws {
        let life = Meters.Life(pool.program, sharing: configuration.metricsFile, log)
        var application = Application(configuration, pool, log: log)
        var responder = try Responder(
            socket: socket,
            limits: Limits(
                maxStreamedBodyBytes: pool.routes.map(\.bodyLimit).max() ?? 0,
                maxRequests: configuration.responderMaxRequests, maxMemoryBytes: configuration.responderMaxMemoryBytes,
                requestTimeoutMilliseconds: configuration.requestTimeoutMilliseconds))
        application.idle()
        ProgramPages.release()
        log.info("\(pool.name) started")
        notify.ready()
        var hasServed = false
        let reason = responder.run(
            intervalMilliseconds: min(notify.watchdogIntervalMilliseconds ?? 5_000, 5_000),
            onIdle: { isQuiet in
                notify.watchdog()
                application.idle()
                Allocator.giveBack()
                // Under load the same pages would be wanted again at once.
                if isQuiet, hasServed {
                    ProgramPages.release()
                    hasServed = false
                }
            },
            refuse: { application.refuse($0) },
            handle: { request, body, stream in
                hasServed = true
                return application.respond(to: request, from: body, streamingTo: stream)
            })
        notify.stopping()
        if case .acceptFailed(let number) = reason { throw SystemError("accept", number) }
        life.end(Meters.Exit(reason))
        log.info("\(pool.name) stopped", ["reason": .string("\(reason)")])
    }
}

extension Meters.Exit {
    fileprivate init(_ reason: StopReason) {
        self =
            switch reason {
            case .signal: .signal
            case .maxRequests: .maxRequests
            case .memory: .memory
            case .acceptFailed: .error
            }
    }
}
