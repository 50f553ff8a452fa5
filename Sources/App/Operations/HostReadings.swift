import Jobs
import Market
import Postgres
import Providers
import Telemetry

/// What is not counted but looked up whenever the metrics are told: how the queue, the prices and the audit trail stand in
/// the database. The same on every host.
enum HostReadings {
    /// What can be told without the database.
    static let withoutDatabase = standing(isDatabaseUp: false)

    static func read(in db: inout Connection) throws -> [Reading] {
        let meters = Meters.current
        let (queue, groups, standings, checkpoint) = try db.run(
            unfinishedJobs, seriesGroups, .providerStandings(), lastCheckpoint)
        var readings: [Reading?] = standing(isDatabaseUp: true)
        for kind in JobKinds.all {
            for status in [JobStatus.pending, .running] {
                let row = queue.first { $0.kind == kind.name && $0.status == status }
                readings.append(meters.queuedJobs(Double(row?.count ?? 0), kind.name, status.rawValue))
                if status == .pending { readings.append(meters.oldestJob(row?.oldestSeconds ?? 0, kind.name)) }
            }
        }
        for group in groups {
            let words = [group.assetType, group.timeframe]
            readings.append(meters.series(Double(group.series), together: words))
            readings.append(meters.lastImport(group.lastImport, together: words))
            readings.append(meters.lastBar(group.lastBar, together: words))
        }
        for vendor in ProviderCatalog.all.map(\.name) {
            let standing = standings.first { $0.provider == vendor }
            readings.append(meters.isPriceProviderOpen(standing?.state == .open ? 1 : 0, vendor))
            if let time = standing?.lastSuccess {
                readings.append(meters.lastPrices(Double(time.microseconds) / 1e6, vendor))
            }
        }
        if let checkpoint { readings.append(meters.lastCheckpoint(checkpoint)) }
        return readings.compactMap(\.self)
    }

    private static func standing(isDatabaseUp: Bool) -> [Reading] {
        let meters = Meters.current
        return [meters.build(1, Version.current), meters.isDatabaseUp(isDatabaseUp ? 1 : 0)].compactMap(\.self)
    }

    struct Queued: Sendable {
        let kind: String
        let status: JobStatus
        let count: Int
        let oldestSeconds: Double
    }

    struct Group: Sendable {
        let assetType: String
        let timeframe: String
        let series: Int
        /// Unix time, seconds.
        let lastImport: Double
        let lastBar: Double
    }

    private static let unfinishedJobs: Query<[Queued]> = .all(
        """
        SELECT job_type, status, count(*), coalesce(extract(epoch FROM now() - min(greatest(created_at, run_after))
          FILTER (WHERE run_after <= now())), 0)::float8
        FROM jobs WHERE status IN ('pending', 'running') GROUP BY job_type, status
        """, read: inOrder(Queued.init))

    private static let seriesGroups: Query<[Group]> = .all(
        """
        SELECT s.asset_type, b.interval, count(*), extract(epoch FROM max(b.updated_at))::float8,
          extract(epoch FROM max(b.last))::float8
        FROM bar_series b JOIN symbols s ON s.id = b.symbol_id WHERE b.count > 0 GROUP BY s.asset_type, b.interval
        """, read: inOrder(Group.init))

    /// Unix time in seconds; nil for none within three days, when it is missing anyway: the index is walked backwards, and
    /// not through all that has ever been done.
    private static let lastCheckpoint: Query<Double?> = .first(
        """
        SELECT extract(epoch FROM finished_at)::float8 FROM jobs
        WHERE job_type = '\(Maintenance.name)' AND status = 'completed' AND finished_at > now() - interval '3 days'
        ORDER BY finished_at DESC LIMIT 1
        """)
}
