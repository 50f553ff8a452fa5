// The worker: does queued work that is no backtest, and may open connections for it.
import App
import Daemon
import Glibc
import Jobs
import Remote
import System

Version.answerIfAsked()
let configuration = Configuration.ofThisProcessWithServerSecret()
let diary = Log(minimum: configuration.logLevel, common: ["program": "worker"])
do {
    let stop = try StopSignal()
    // Checkpoints of the audit trail go to standard output as they are: the journal is their place outside the database.
    let maintenance = try Maintenance(configuration.requiredServerSecret().auditKey) { line in
        print(Journal.prefix(.info, for: STDOUT_FILENO) + line)
        fflush(nil)
    } warn: { sentence in
        diary.warning("left by the maintenance", ["detail": .string(sentence)])
    }
    let vendors = configuration.priceProviders
    let exchanges = PriceExchanges(configuration, log: diary)
    let kinds: [any JobKind] = [
        maintenance, CheckBars(), ImportBars(configuration), PlanIngestion(vendors), IngestBars(vendors, by: exchanges),
        FillOrders(configuration), AdvanceRunners(configuration), CheckAlerts(),
        try DeliverWebhook(configuration.requiredServerSecret(), by: WebhookExchange(configuration)),
    ]
    try JobService.worker(configuration, log: diary).run(kinds, stop: stop, notify: Notify())
} catch {
    diary.error("cannot serve", ["detail": .string("\(error)")])
    exit(ExitStatus.unavailable)
}
