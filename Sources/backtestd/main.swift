// The backtest daemon: takes queued runs from Postgres and computes them. Its Unix socket comes from whoever starts it.
import App
import Daemon
import Glibc
import System

let configuration = Configuration.ofThisProcess()
// The next run needs as much memory as the last one.
Allocator.keepLargeBlocks()
let diary = Log(minimum: configuration.logLevel, common: ["program": "backtestd"])
do {
    let stop = try StopSignal()
    let socket = try InheritedSocket.take()
    try BacktestDaemon(configuration, log: diary).run(listening: socket, stop: stop, notify: Notify())
} catch {
    diary.error("cannot serve", ["detail": .string("\(error)")])
    exit(ExitStatus.unavailable)
}
