// What opens no connection but to the database.
import App
import Daemon
import System

/// A FastCGI responder: answers /api for nginx, one request at a time. Its socket comes from whoever starts it.
func respond() {
    let configuration = Configuration.ofThisProcessWithServerSecret()
    // Under load the next answer is as large as the last one; in idle moments all of it is given back.
    Allocator.keepLargeBlocks()
    Program.responder.serve(configuration) { log in
        try ResponderService.run(configuration, socket: InheritedSocket.take(), log: log, notify: Notify())
    }
}

/// The backtest daemon: computes what is queued. Its Unix socket comes from whoever starts it.
func computeBacktests() {
    let configuration = Configuration.ofThisProcess()
    // The next run needs as much memory as the last one.
    Allocator.keepLargeBlocks()
    Program.backtestd.serve(configuration) { log in
        let stop = try StopSignal()
        try JobService.backtestd(configuration, log: log).run(
            [SimulateRun(configuration, log: log), VerifyRun(configuration, log: log)], socket: InheritedSocket.take(),
            stop: stop, notify: Notify())
    }
}

Program.start([.responder: respond, .backtestd: computeBacktests])
