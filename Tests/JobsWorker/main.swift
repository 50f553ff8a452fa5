// A worker of a made-up kind: the other side of JobsTests, in a process of its own so that kills are real. It reports
// its events on standard output.
//
// usage: JobsWorker CONNINFO NAME THREADS LEASE_MS TIMEOUT_MS STOP_MS
import Glibc
import Jobs
import Postgres
import System

func report(_ event: String) {
    let line = Array((event + "\n").utf8)
    _ = write(1, line, line.count)
}

func serve(
    _ conninfo: String, name: String, threads: Int, leaseMilliseconds: Int, timeoutMilliseconds: Int,
    stopMilliseconds: Int
) throws {
    let stop = try StopSignal()
    let woken = try WakeEvent()
    let settings = SessionSettings(
        connectTimeoutSeconds: 3, statementTimeoutMilliseconds: 600_000,
        idleInTransactionMilliseconds: leaseMilliseconds / 2, plansOnce: true)
    var worker = try Worker(
        Worker.Settings(
            name: name, threads: threads, leaseSeconds: Double(leaseMilliseconds) / 1_000,
            stopSeconds: Double(stopMilliseconds) / 1_000),
        kinds: [Vigil(), Errand(timeoutMilliseconds: timeoutMilliseconds)], session: { Session(conninfo, settings) },
        keeperSession: { Session(conninfo, settings) },
        obstacle: { db in try db.run(.first("SELECT detail FROM obstacles LIMIT 1") { row in try row.next() }) },
        wake: { woken.wake() }, report: { report("\($0)") })
    serving: while true {
        switch try stop.wait(for: [woken.descriptor], timeoutMilliseconds: worker.tend()) {
        case .stop: break serving
        case .readable: _ = woken.take()
        case .timedOut: break
        }
        for job in worker.takeEnded() { report("ended \(job)") }
    }
    worker.stop()
}

let arguments = CommandLine.arguments, numbers = arguments.dropFirst(3).compactMap { Int($0) }
try serve(
    arguments[1], name: arguments[2], threads: numbers[0], leaseMilliseconds: numbers[1],
    timeoutMilliseconds: numbers[2], stopMilliseconds: numbers[3])
