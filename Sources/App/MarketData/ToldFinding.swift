import Market
import Postgres
public import Quality

/// What is told of something that is known against bars, wherever it is told.
public protocol ToldFinding: Sendable {
    /// A word of ``Finding/Check``, or one of a later release.
    var check: String { get }
    var severity: Finding.Severity { get }
    /// Starts of the first and last bar it is about, Unix microseconds.
    var from: Int64 { get }
    var to: Int64 { get }
    var count: Int { get }
    var detail: String { get }
}

extension ToldFinding {
    static var members: [Member<(timeframe: Timeframe, finding: Self)>] {
        [
            .member("check", .text, \.finding.check), .member("severity", .choice(), \.finding.severity),
            .member("from", .barTime) { $0.timeframe.label($0.finding.from) },
            .member("to", .barTime) { $0.timeframe.label($0.finding.to) },
            .member("count", Form<Int>.integer.described("Bars, missing bars or days"), \.finding.count),
            .member("detail", .text, \.finding.detail),
        ]
    }
}

/// A finding as it is stored.
public struct StoredFinding: ToldFinding {
    public let id: Int
    public let check: String
    public let severity: Finding.Severity
    public let from: Int64, to: Int64
    public let count: Int
    public let detail: String
    public let isDismissed: Bool

    static let form = Form<(timeframe: Timeframe, finding: StoredFinding)>.object(
        "Finding",
        [.member("id", .integer, \.finding.id)] + members + [.member("is_dismissed", .flag, \.finding.isDismissed)])

    /// What a check has found.
    static let found = "check_name, severity, first, last, count, detail"
    static let columns = "id, \(found), dismissed_at IS NOT NULL"

    init(_ row: inout RowReader) throws {
        (id, check, severity) = (try row.next(), try row.next(), try row.next())
        (from, to) = (try row.next(Instant.self).microseconds, try row.next(Instant.self).microseconds)
        (count, detail, isDismissed) = (try row.next(), try row.next(), try row.next())
    }
}
