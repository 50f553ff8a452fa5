// What may open connections to other servers.
import App
import Daemon
import Glibc
import Jobs
import Remote
import System

/// A FastCGI responder: answers the few requests for which another server has to be asked, one at a time. Its socket comes
/// from whoever starts it.
func respond() {
    let configuration = Configuration.ofThisProcessWithServerSecret()
    Program.outbound.serve(configuration) { log in
        let outbound = Outbound(
            identities: OpenIDConnect(configuration, log: log), webhooks: WebhookExchange(configuration))
        try ResponderService.run(
            configuration, .outbound(outbound), socket: InheritedSocket.take(), log: log, notify: Notify())
    }
}

/// The worker: does queued work that is no backtest.
func work() {
    let configuration = Configuration.ofThisProcessWithServerSecret()
    Program.worker.serve(configuration) { log in
        let stop = try StopSignal()
        let secret = try configuration.requiredServerSecret()
        // Checkpoints of the audit trail go to standard output as they are: the journal is their place outside the
        // database.
        let maintenance = Maintenance(secret.auditKey) { line in
            print(Journal.prefix(.info, for: STDOUT_FILENO) + line)
            fflush(nil)
        } warn: { sentence in
            log.warning("left by the maintenance", ["detail": .string(sentence)])
        }
        let vendors = configuration.priceProviders
        let exchanges = PriceExchanges(configuration, log: log)
        let kinds: [any JobKind] = [
            maintenance, CheckBars(), ImportBars(configuration), PlanIngestion(vendors),
            IngestBars(vendors, by: exchanges, log: log, auditLog: configuration.auditLog), FillOrders(configuration),
            AdvanceRunners(configuration),
            CheckAlerts(),
            DeliverWebhook(secret, by: WebhookExchange(configuration)),
        ]
        try JobService.worker(configuration, log: log).run(kinds, stop: stop, notify: Notify())
    }
}

Program.start([.outbound: respond, .worker: work])
