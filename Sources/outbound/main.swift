// A FastCGI responder that may open connections: answers the few requests for which another server has to be asked, one
// at a time. Its socket comes from whoever starts it.
import App
import Daemon
import Glibc
import Remote

Version.answerIfAsked()
let configuration = Configuration.ofThisProcessWithServerSecret()
let diary = Log(minimum: configuration.logLevel, common: ["program": "outbound"])
do {
    try ResponderService.run(
        configuration,
        .outbound(
            Outbound(
                identities: OpenIDConnect(configuration, log: diary), webhooks: WebhookExchange(configuration))),
        socket: InheritedSocket.take(), log: diary,
        notify: Notify())
} catch {
    diary.error("cannot serve", ["detail": .string("\(error)")])
    exit(ExitStatus.unavailable)
}
