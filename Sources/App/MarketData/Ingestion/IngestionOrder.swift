import JSON
public import Market
public import Postgres
import PriceFiles
import Providers

/// Somebody's wish that the bars of a symbol be fetched: which series that means, whom to ask, and one job for each.
public struct IngestionOrder: Sendable {
    /// As people write it: `AAPL`, `BTC-USD`, `btc/usdt`. One that is not known is made with its first bars.
    public var symbol: String
    /// Nil: what is stored of it, else what it looks like.
    public var assetType: AssetType?
    /// Nil: those that are stored and come from a vendor; of a new symbol all.
    public var timeframes: [Timeframe]?
    /// Nil: whom the series is from, else who is asked for what is new.
    public var provider: String?
    /// The first day; nil: what is missing, of a new series all there is.
    public var from: CalendarDay?
    /// Puts the vendor's bars in the place of all that is stored.
    public var replaces = false

    public init(_ symbol: String, _ assetType: AssetType? = nil, _ timeframes: [Timeframe]? = nil) {
        (self.symbol, self.assetType, self.timeframes) = (symbol, assetType, timeframes)
    }

    /// A job that is there now.
    public struct Job: Sendable {
        public let id: String
        public let timeframe: Timeframe
        /// Whom it asks.
        public let provider: String
        /// It was not there before.
        public let isNew: Bool
    }

    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        case bars(BarStore.Refusal)
        /// No vendor may be asked for bars of the kind, unless this is done.
        case nobody(AssetType, advice: String)
        case unknownProvider(String)
        /// The vendor does not give such bars, to nobody.
        case notServed(symbol: String, AssetType, Timeframe, provider: String)
        /// It does, to who has a key.
        case noKey(symbol: String, Timeframe, provider: String, advice: String)
        /// A job for the series is there that does not do what is wished.
        case busy(symbol: String, Timeframe, job: String)

        public var description: String {
            switch self {
            case .bars(let refusal): refusal.sentence
            case .nobody(let assetType, let advice):
                "Nobody gives prices of \(assetType.all) without a key. \(advice)."
            case .unknownProvider(let name):
                "There is no provider \(name): \(ProviderCatalog.all.map(\.name).joined(separator: ", "))."
            case .notServed(let symbol, let assetType, let timeframe, let provider):
                "\(provider) does not give \(timeframe.adjective) bars of \(symbol), which is \(assetType.one)."
            case .noKey(let symbol, let timeframe, let provider, let advice):
                "\(provider) gives \(timeframe.adjective) bars of \(symbol) to who has a key, and there is none: \(advice)."
            case .busy(let symbol, let timeframe, let job):
                "The job \(job) is to fetch \(timeframe.adjective) bars of \(symbol) otherwise. Cancel it first, or wait for its end."
            }
        }
    }

    /// Queues the jobs, or none. A series that has an unfinished one keeps that.
    ///
    /// - Throws: ``Refusal``, `PostgresError`.
    public func place(
        _ providers: PriceProviders, userID: String? = nil, requestID: String? = nil, in db: inout Connection
    ) throws -> [Job] {
        try db.transaction { db in
            try wishes(providers, in: &db).map { wish in
                let job = try IngestBars.enqueueOnce(
                    wish, dedupeKey: wish.dedupeKey, userID: userID, requestID: requestID, in: &db)
                if !job.isNew, try db.run(.ordered(job.id))?.does(wish) != true {
                    throw Refusal.busy(symbol: wish.symbol, wish.timeframe, job: job.id)
                }
                return Job(id: job.id, timeframe: wish.timeframe, provider: wish.provider, isNew: job.isNew)
            }
        }
    }

    private func wishes(_ providers: PriceProviders, in db: inout Connection) throws -> [IngestBars.Payload] {
        let kind = assetType ?? (SymbolText.isPairOfMoney(symbol) ? .crypto : .equity)
        var names = try names(kind)
        let known = try db.run(.symbol(names.symbol))
        if let known, known.assetType != kind {
            guard assetType == nil else {
                throw Refusal.bars(.otherKind(symbol: known.symbol, is: known.assetType))
            }
            names = try self.names(known.assetType)
        }
        let series = try known.map { try db.run(.series(ofSymbol: $0.id)) } ?? []
        func wish(_ timeframe: Timeframe) throws(Refusal) -> IngestBars.Payload {
            try self.wish(names, known?.id, timeframe, series.first { $0.interval == timeframe }, providers)
        }
        // In one order, whoever asks: two orders of one symbol would wait for each other else.
        if let timeframes {
            return try Timeframe.allCases.filter(timeframes.contains).map { timeframe throws(Refusal) in
                try wish(timeframe)
            }
        }
        // Of those that nobody has named, whatever can be had.
        let wanted = series.isEmpty ? names.assetType.timeframes : series.map(\.interval)
        var wishes: [IngestBars.Payload] = [], refusal: Refusal?
        for timeframe in wanted {
            do throws(Refusal) { wishes.append(try wish(timeframe)) } catch { refusal = refusal ?? error }
        }
        if wishes.isEmpty, let refusal { throw refusal }
        return wishes
    }

    private func names(_ assetType: AssetType) throws(Refusal) -> SymbolNames {
        do throws(BarStore.Refusal) {
            return try SymbolNames(symbol, assetType, currency: nil)
        } catch { throw .bars(error) }
    }

    private func wish(
        _ names: SymbolNames, _ id: Int?, _ timeframe: Timeframe, _ stored: SeriesRow?, _ providers: PriceProviders
    ) throws(Refusal) -> IngestBars.Payload {
        let own = stored.flatMap { providers[$0.provider] }?.provider.name
        guard let name = provider ?? own ?? providers.standard(for: names.assetType)?.provider.name else {
            throw .nobody(names.assetType, advice: providers.keyAdvice(for: names.assetType))
        }
        guard let access = providers[name] else { throw .unknownProvider(name) }
        guard !access.lacksKey(for: names.assetType, timeframe) else {
            throw .noKey(symbol: names.symbol, timeframe, provider: name, advice: access.keyAdvice)
        }
        guard let service = access.service(of: names.assetType, timeframe),
            access.provider.vendorSymbol(names.symbol, names.assetType) != nil
        else { throw .notServed(symbol: names.symbol, names.assetType, timeframe, provider: name) }
        if let stored, !replaces {
            do throws(BarStore.Refusal) {
                try BarSource(provider: stored.provider, adjustment: stored.adjustment).check(
                    takes: BarSource(provider: name, adjustment: service.adjustment), symbol: names.symbol)
            } catch { throw .bars(error) }
        }
        return IngestBars.Payload(
            symbol: names.symbol, id: id, names.assetType, timeframe, provider: name, from: from, replaces: replaces)
    }
}

extension Query {
    fileprivate static func ordered(_ job: String) -> Query<IngestBars.Payload?> {
        .first("SELECT payload_json FROM jobs WHERE id = $1::uuid", job) { row in
            try IngestBars.Payload(json: row.next(Value.self).objectValue ?? [:])
        }
    }
}
