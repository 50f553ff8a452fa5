// A FastCGI responder: answers /api for nginx, one request at a time. Its socket comes from whoever starts it.
import App
import Daemon
import Glibc

Version.answerIfAsked()
let configuration = Configuration.ofThisProcessWithServerSecret()
let diary = Log(minimum: configuration.logLevel, common: ["program": "responder"])
do {
    try ResponderService.run(configuration, socket: InheritedSocket.take(), log: diary, notify: Notify())
} catch {
    diary.error("cannot serve", ["detail": .string("\(error)")])
    exit(ExitStatus.unavailable)
}
