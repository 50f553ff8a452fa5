import HTTP
import JSON
import Market
import Postgres
import Quality
import System

/// `GET /api/market-data/health`: how fresh and how sound the stored prices are. All of it comes from figures that are kept
/// by the series; no bar is looked at, however many there are.
enum MarketHealth {
    /// Of a series and of all of them; the worst counts.
    enum Status: String, CaseIterable, Comparable {
        case ok
        /// Bars are late, not checked yet, of another scale than the symbol's other series, or one has to know something about
        /// them.
        case degraded
        /// A result over these bars is wrong.
        case unhealthy

        static func < (a: Self, b: Self) -> Bool { allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)! }
    }

    fileprivate struct Series: Sendable {
        let stored: ReachedSeries
        let revision: Int
        let isOutOfScale: Bool
        let findings: FindingCounts
        let check: SeriesCheck?

        var isChecked: Bool { check?.revision == revision }

        init(_ row: inout RowReader) throws {
            (stored, revision, isOutOfScale) = (try row.next(ReachedSeries.init), try row.next(), try row.next())
            (findings, check) = (try row.next(FindingCounts.init), try SeriesCheck.read(&row))
        }
    }

    private struct Judged: Sendable {
        let series: Series
        let standing: Freshness.Standing
        let status: Status

        init(_ series: Series, _ freshness: Freshness) {
            self.series = series
            standing = series.stored.standing(freshness)
            status =
                switch series.findings.worst {
                case .error: .unhealthy
                case .warning: .degraded
                case .info, nil: standing.isStale || !series.isChecked || series.isOutOfScale ? .degraded : .ok
                }
        }

        static let form = Form<Judged>.object(
            "SeriesHealth",
            [
                .member("symbol", .text, \.series.stored.symbol),
                .member("asset_type", .choice(), \.series.stored.assetType),
                .member("interval", .choice(), \.series.stored.timeframe), .member("status", .choice(), \.status),
                .member("last", .barTime) { $0.series.stored.timeframe.label($0.series.stored.last) },
                .member("age_s", Form<Int>.integer.described("Since the end of the last bar")) {
                    Int($0.standing.age / 1_000_000)
                },
                .member(
                    "bars_behind", Form<Int>.integer.described("Bars that could have been stored by now"),
                    \.standing.behind), .member("is_stale", .flag, \.standing.isStale),
                .member("is_checked", .flag, \.series.isChecked),
                .nullable(
                    "coverage", Form<Double>.number.described("Of the bars that should be there, 0 to 1"),
                    \.series.check?.coverage), .member("findings", FindingCounts.form, \.series.findings),
            ])
    }

    private struct Summary: Sendable {
        let judged: [Judged]
        let page: Page<Judged>
        let providers: [ProviderHealth]

        /// Worst first, and of the same by symbol.
        init(_ all: [Series], _ freshness: Freshness, _ providers: [ProviderHealth], _ window: Window) {
            let judged = all.map { Judged($0, freshness) }
            let order = judged.indices.sorted { a, b in
                (judged[b].status, judged[b].standing.behind, a) < (judged[a].status, judged[a].standing.behind, b)
            }
            let shown = order.dropFirst(window.offset).prefix(window.probe).map { judged[$0] }
            (self.judged, self.providers, page) = (judged, providers, Page(window, shown))
        }

        /// Without any prices there is nothing to work with.
        var status: Status { judged.map(\.status).max() ?? .unhealthy }

        func count(_ isCounted: (Judged) -> Bool) -> Int { judged.count { isCounted($0) } }

        static let form = Form<Summary>.object(
            "MarketHealth",
            [
                .member("status", .choice(), \.status), .member("series", .integer, \.judged.count),
                .member("stale", .integer) { $0.count(\.standing.isStale) },
                .member("unchecked", .integer) { $0.count { !$0.series.isChecked } },
                .member("with_errors", .integer) { $0.count { $0.series.findings.errors > 0 } },
                .member("with_warnings", .integer) { $0.count { $0.series.findings.warnings > 0 } },
                .member("providers", .list(of: ProviderHealth.form), \.providers),
                .member("worst", Form<Page<Judged>>.page(of: "items", Judged.form), \.page),
            ])
    }

    private static let found = Answer(200, "How the stored prices stand", Summary.form).kept

    static let get = Route(
        .get, "/api/market-data/health", .open,
        "How fresh and how sound the stored prices are, of all series together and of each, the worst first; and how those answer who give them.",
        takes: .query(optional: "symbol", .ticker, "Only of this symbol's series"),
        .window(limit: 1...500, default: 100), answers: [found]
    ) { call, db, ticker, window in
        let (all, closures, standings) = try db.run(
            .seriesHealth(ofSymbol: ticker), .marketClosures(), .providerStandings())
        let now = Instant(microseconds: SystemClock.unixMicroseconds())
        let freshness = Freshness(at: now, calendar: TradingCalendar(closures: closures))
        let series = Dictionary(grouping: all, by: \.stored.provider).mapValues(\.count)
        let providers = call.configuration.priceProviders.all.map { access in
            ProviderHealth(
                access, standings.first { $0.provider == access.provider.name },
                series: series[access.provider.name] ?? 0)
        }
        return found(publicly: Summary(all, freshness, providers, window), to: call.request)
    }
}

extension Query {
    fileprivate static func seriesHealth(ofSymbol ticker: String?) -> Query<[MarketHealth.Series]> {
        .all(
            """
            SELECT \(ReachedSeries.columns), b.revision, b.is_out_of_scale, \(FindingCounts.columns), \(SeriesCheck.columns)
            FROM \(ReachedSeries.tables)
              LEFT JOIN series_checks c ON (c.symbol_id, c.interval) = (b.symbol_id, b.interval)
            WHERE $1::text IS NULL OR s.symbol = $1 ORDER BY s.symbol, b.interval
            """, ticker, read: MarketHealth.Series.init)
    }
}
