import App
import ArgumentParser
import Glibc
import JSON
import Market
import Postgres

struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Have the worker fetch bars of a symbol, or of all series that are behind.",
        discussion: """
            Queues jobs for bitstockerz-worker, which asks the provider; a series that a job is queued for already keeps that \
            one. Of what is stored, what is missing is fetched, and a few bars before it for corrections; of a new symbol \
            everything there is. A series keeps its provider: bars from elsewhere need --replace. systemd runs \
            `ingest --stale` every hour by bitstockerz-ingest.timer.
            """)

    @Argument(help: "Ticker or pair, such as AAPL or BTC-USD; one that is not known is made with its first bars.")
    var symbol: String?

    @Option(help: "EQUITY or CRYPTO; default: what is stored of the symbol, else what it looks like.")
    var assetType: AssetType?

    @Flag(help: "Fetch whatever is behind, of all series that came from a provider.")
    var stale = false

    @Option(name: .customLong("interval"), help: "1d or, for CRYPTO, 1h; default: those stored, of a new symbol all.")
    var intervals: [Timeframe] = []

    @Option(help: "Whom to ask: coinbase, binance, alpaca, tiingo; default: whom the series came from.")
    var provider: String?

    @Option(help: "The first day, YYYY-MM-DD; default: what is missing, of a new series everything.")
    var from: Day?

    @Flag(help: "Put what comes in the place of all that is stored of the series.")
    var replace = false

    @Flag(help: "Wait for the end of the jobs.")
    var wait = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard stale != (symbol != nil) else { throw ValidationError("Give either a symbol or --stale.") }
        if stale, assetType != nil || provider != nil || from != nil || replace {
            throw ValidationError("--asset-type, --provider, --from and --replace go with a symbol.")
        }
        if Set(intervals).count < intervals.count { throw ValidationError("--interval names one twice.") }
    }

    func run() throws {
        let configuration = try database.configuration()
        let ended = try database.withDatabase { db in
            let jobs = try order(configuration, in: &db)
            if try !db.run(JobWatch.isWorkerThere(configuration)) {
                Console.note("No worker is there at the moment: what is queued waits for one.")
            }
            var watch = JobWatch(jobs)
            try watch.look(in: &db)
            while wait, !watch.isOver {
                usleep(200_000)
                try watch.look(in: &db)
            }
            return watch.standings
        }
        if json { Console.writeLine(document(ended)) } else { ended.forEach(tell) }
        if ended.contains(where: { $0.isFailure }) { throw ExitCode(ExitStatus.unavailable) }
    }

    /// - Returns: the ids of the jobs.
    private func order(_ configuration: Configuration, in db: inout Connection) throws -> [String] {
        let timeframes = intervals.isEmpty ? nil : intervals
        guard let symbol else { return [try PlanIngestion.request(.init(nil, timeframes), in: &db)] }
        var order = IngestionOrder(symbol, assetType, timeframes)
        (order.provider, order.from, order.replaces) = (provider, from?.day, replace)
        do { return try order.place(configuration.priceProviders, in: &db).map(\.id) } catch let refusal
            as IngestionOrder.Refusal
        {
            throw Console.fail(refusal.description, ExitStatus.badData)
        }
    }

    private func tell(_ job: JobWatch.Standing) {
        let what = job.payload["symbol"]?.stringValue.map { symbol in
            "\(symbol) \(job.payload["interval"]?.stringValue ?? "") from \(job.payload["provider"]?.stringValue ?? "")"
        }
        Console.say("\(what ?? "The plan"): \(outcome(of: job))")
    }

    private func outcome(of job: JobWatch.Standing) -> String {
        func count(_ name: String) -> Int { job.result[name]?.numberValue?.int ?? 0 }
        if let message = job.message { return "\(job.words): \(message)" }
        guard job.isCompleted else { return "\(job.words), job \(job.id)" }
        guard job.payload["symbol"] != nil else {
            return "\(count("stale")) of \(count("series")) series behind, \(count("queued")) queued"
        }
        func day(_ name: String) -> String { job.result[name]?.stringValue ?? "-" }
        let impossible = count("impossible")
        let stored =
            "\(counted(count("added"), "new bar")), \(count("changed")) changed, \(count("bars")) stored from "
            + "\(day("first")) to \(day("last"))"
            + (impossible == 0
                ? ""
                : "; \(counted(impossible, "impossible bar")) left out, the first of \(day("first_impossible"))")
        guard let change = job.result["fetched_anew"]?.stringValue.flatMap(PriceChange.init) else { return stored }
        let ratio = job.result["split_ratio"]?.numberValue?.double
        return "the prices have become "
            + (ratio.map { "\(Self.text($0)) times the stored ones, which is a \(change.rawValue)" }
                ?? "others than the stored ones, by more than one ratio")
            + ", so all bars were fetched again: \(stored)"
    }

    /// 0.25 and 2, and 0.3333 of what has no end.
    private static func text(_ ratio: Double) -> String {
        let rounded = (ratio * 10_000).rounded() / 10_000
        return rounded == rounded.rounded() && rounded < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }

    private func document(_ jobs: [JobWatch.Standing]) -> [UInt8] {
        var json = Writer()
        json.beginObject()
        json.key("jobs")
        json.array(jobs) { json, job in
            json.beginObject()
            json.member("id", job.id)
            json.member("status", job.word)
            json.key("payload")
            json.value(.object(job.payload))
            if let code = job.code { json.member("error_code", code) }
            if let message = job.message { json.member("error_message", message) }
            if job.isCompleted {
                json.key("result")
                json.value(.object(job.result))
            }
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }
}
