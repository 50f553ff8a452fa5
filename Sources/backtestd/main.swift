// The backtest daemon: computes what is queued. Its Unix socket comes from whoever starts it.
import App
import Daemon
import Glibc
import System

Version.answerIfAsked()
let configuration = Configuration.ofThisProcess()
// The next run needs as much memory as the last one.
Allocator.keepLargeBlocks()
let diary = Log(minimum: configuration.logLevel, common: ["program": "backtestd"])
do {
    let stop = try StopSignal()
    try JobService.backtestd(configuration, log: diary).run(
        [SimulateRun(configuration, log: diary), VerifyRun(configuration, log: diary)], socket: InheritedSocket.take(),
        stop: stop, notify: Notify())
} catch {
    diary.error("cannot serve", ["detail": .string("\(error)")])
    exit(ExitStatus.unavailable)
}
