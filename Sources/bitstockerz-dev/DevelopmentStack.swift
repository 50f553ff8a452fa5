import FoundationEssentials
import Glibc
import Supervision
import System

/// The supervisor's work: brings the parts up in their order, keeps them alive, and takes them down.
struct DevelopmentStack: ~Copyable {
    /// Thrown out of a start that was told to stop.
    struct StoppedError: Error {}

    let options: StackOptions
    let layout: StackLayout
    private var supervisor: Supervisor
    private var status: StackStatus
    private let null: Descriptor
    private let report: (String) -> Void

    /// `report` takes lines for the person who started the stack.
    init(
        _ options: StackOptions, _ layout: StackLayout, databaseURL: String, supervisor: consuming Supervisor,
        report: @escaping (String) -> Void
    ) throws {
        null = try Descriptor(opening: "/dev/null", O_RDWR)
        self.options = options
        self.layout = layout
        self.supervisor = supervisor
        self.report = report
        status = StackStatus(
            pid: getpid(), port: options.port, url: "http://localhost:\(options.port)", state: layout.state,
            databaseURL: databaseURL, backtestdSocket: layout.backtestdSocket, isReady: false, children: [])
    }

    /// Runs the stack until it is told to stop. Throws what kept it from starting.
    mutating func run() throws {
        let http = try Self.listen(port: options.port)
        let responderSocket = try ListeningSocket(unix: layout.responderSocket)
        let outboundSocket = try ListeningSocket(unix: layout.outboundSocket)
        let backtestdSocket = try ListeningSocket(unix: layout.backtestdSocket)
        do {
            try start(
                http: http.descriptors, responder: responderSocket.descriptor, outbound: outboundSocket.descriptor,
                backtestd: backtestdSocket.descriptor)
        } catch {
            supervisor.stop()
            try? FileManager.default.removeItem(atPath: layout.status)
            throw error
        }
        while !step(milliseconds: 60_000) {}
        StackLog.write("stopping")
        supervisor.stop()
        try? FileManager.default.removeItem(atPath: layout.status)
        StackLog.write("stopped")
    }

    private mutating func start(http: [Int32], responder: Int32, outbound: Int32, backtestd: Int32) throws {
        publish()
        report("starting PostgreSQL")
        let postgres = try PrivatePostgres(layout)
        try postgres.initialize(under: &self)
        try start(postgres.service, input: null.raw)
        try postgres.prepare(under: &self)

        let environment = StackEnvironment.product(options, layout, databaseURL: postgres.databaseURL)
        report("applying migrations")
        try run("migrate", layout.tool, ["migrate"], environment: environment)

        report("starting the backtest daemon, the worker and \(options.responders) responders")
        let daemon = Command("\(layout.libexec)/backtestd", environment: environment)
        try start(Service("backtestd", daemon, stopSignals: [(SIGTERM, 10_000)]), input: backtestd)
        let worker = Command("\(layout.libexec)/worker", environment: environment)
        try start(Service("worker", worker, stopSignals: [(SIGTERM, 10_000)]), input: null.raw)
        for number in 1...options.responders {
            let command = Command("\(layout.libexec)/responder", environment: environment)
            try start(Service("responder-\(number)", command, stopSignals: [(SIGTERM, 10_000)]), input: responder)
        }

        for number in 1...2 {
            let command = Command("\(layout.libexec)/outbound", environment: environment)
            try start(Service("outbound-\(number)", command, stopSignals: [(SIGTERM, 20_000)]), input: outbound)
        }

        let nginx = try DevelopmentNginx(layout)
        try nginx.configure(port: options.port, hasIPv6: http.count > 1, rateScale: options.rateScale)
        try run("nginx", nginx.program, nginx.arguments + ["-t", "-q"])
        try supervisor.start(nginx.service(log: try log(of: "nginx"), null: null.raw, sockets: http))
        publish()
        let port = options.port
        try wait("the service", log: "responder-1", seconds: 60) { _ in
            LoopbackHTTP.status(port: port, path: "/api/health/ready") == 200
        }
        status.isReady = true
        publish()
        report("ready")
    }

    private mutating func start(_ service: Service, input: Int32) throws {
        var command = service.command
        let log = try log(of: service.name)
        command.descriptors = [input, log, log]
        try supervisor.start(Service(service.name, command, stopSignals: service.stopSignals))
        publish()
    }

    /// Open as long as this process lives: the service may have to be started again.
    private func log(of service: String) throws -> Int32 { try StackLog.open(service, in: layout).release() }

    /// Runs a program that must succeed; what it said is in the log of that name, and its last line in the error.
    mutating func run(
        _ name: String, _ program: String, _ arguments: [String], environment: [String: String] = StackEnvironment.base
    ) throws {
        let log = try StackLog.open(name, in: layout)
        let command = Command(program, arguments, environment: environment, descriptors: [null.raw, log.raw, log.raw])
        guard let exit = try supervisor.run(command, timeoutMilliseconds: 300_000) else { throw StoppedError() }
        guard exit == 0 else {
            throw SupervisionError(
                "\(name) failed: \(StackLog.lastLine(name, in: layout)) (\(layout.logs)/\(name).log)")
        }
    }

    /// Runs a program whose exit status is the answer to a question.
    mutating func attempt(_ program: String, _ arguments: [String]) throws -> Int32 {
        let command = Command(
            program, arguments, environment: StackEnvironment.base, descriptors: [null.raw, null.raw, null.raw])
        guard let exit = try supervisor.run(command, timeoutMilliseconds: 10_000) else { throw StoppedError() }
        return exit
    }

    /// Asks every 50 ms until the answer is yes. A part that keeps dying meanwhile ends the wait.
    mutating func wait(
        _ what: String, log: String, seconds: Int, until isDone: (inout DevelopmentStack) throws -> Bool
    ) throws {
        let deadline = Deadline(milliseconds: seconds * 1_000)
        while try !isDone(&self) {
            if step(milliseconds: 50) { throw StoppedError() }
            if let dying = supervisor.services.first(where: { $0.restarts >= 5 })?.service.name {
                throw SupervisionError(
                    "\(dying) keeps ending: \(StackLog.lastLine(dying, in: layout)) (\(layout.logs)/\(dying).log)")
            }
            guard deadline.remainingMilliseconds > 0 else {
                throw SupervisionError(
                    "\(what) is not ready after \(seconds) s: \(StackLog.lastLine(log, in: layout)) (\(layout.logs))"
                )
            }
        }
    }

    private mutating func step(milliseconds: Int) -> Bool {
        let before = supervisor.services.map(\.pid)
        let isToStop = supervisor.step(milliseconds: milliseconds)
        if supervisor.services.map(\.pid) != before { publish() }
        return isToStop
    }

    private mutating func publish() {
        status.children = supervisor.services.map {
            StackStatus.Child(name: $0.service.name, pid: $0.pid, restarts: $0.restarts)
        }
        do {
            try status.json.write(to: URL(fileURLWithPath: layout.status), options: .atomic)
        } catch {
            StackLog.write("cannot write \(layout.status): \(error)")
        }
    }

    /// Waits a moment for a port in use: the nginx of a killed supervisor may not have let go yet.
    private static func listen(port: UInt16) throws -> LoopbackListener {
        let deadline = Deadline(milliseconds: 2_000)
        while true {
            do {
                return try LoopbackListener(port: port)
            } catch {
                guard error.errorNumber == EADDRINUSE else { throw error }
                guard deadline.remainingMilliseconds > 0 else {
                    throw SupervisionError("port \(port) is in use: stop what listens there, or choose another port")
                }
                usleep(100_000)
            }
        }
    }
}
