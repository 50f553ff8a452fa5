import Crypto
import HTTP
import Postgres
public import Telemetry

/// `GET /api/metrics` (api.md, "Jobs, health, metrics"): for a monitoring system that reaches this host by HTTPS alone.
enum MetricsRoute {
    private static let told = ["text/plain", "application/openmetrics-text"].map { type in
        PlainAnswer(
            status: 200, about: "Every metric of this host: OpenMetrics for who prefers it, else Prometheus text 0.0.4",
            type: type)
    }

    static let route = Route.readiness(
        .get, "/api/metrics",
        "The metrics of this host, for who shows the token of \(Configuration.Variable.metricsTokenFile.secretName); without that there is nothing here.",
        answers: told, errors: [.unauthorized, .notFound], isOffered: { $0.metricsToken != nil }
    ) { call, _, database in
        guard call.configuration.metricsToken?.isShown(by: call.request.fields["Authorization"]) == true else {
            throw Problem(
                .unauthorized,
                "Send the token of \(Configuration.Variable.metricsTokenFile.secretName): Authorization: Bearer ...",
                fields: ["WWW-Authenticate": "Bearer realm=\"BitStockerz metrics\""])
        }
        let form = Exposition(accept: call.request.fields["Accept"] ?? "")
        // Who monitors wants to hear most while the database is away.
        let readings = try? database.use(repeatable: true) { db in try HostReadings.read(in: &db) }
        return Response(
            contentType: form.contentType,
            body: try Meters.told(as: form, call.configuration, readings ?? HostReadings.withoutDatabase))
    }
}

/// The secret of who may read the metrics. Like every secret, no text of it says what it is.
struct MetricsToken: Sendable, CustomStringConvertible {
    private let digest: [UInt8]

    /// Nil for what is too short to be one, or cannot stand in a header.
    init?(_ text: String) {
        let isToken =
            (16...256).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-._~+/=".unicodeScalars.contains($0))
            }
        guard isToken else { return nil }
        digest = Digest.sha256(Array(text.utf8))
    }

    /// Takes the same time for every wrong token, whatever it shares with the right one.
    func isShown(by field: String?) -> Bool {
        guard let field, field.prefix(7).lowercased() == "bearer " else { return false }
        return constantTimeEqual(Digest.sha256(Array(field.dropFirst(7).utf8)), digest)
    }

    var description: String { "***" }
}

extension Meters {
    /// The metrics of all processes of this host.
    ///
    /// - Throws: ``SystemError`` when what they share cannot be read.
    static func told(as form: Exposition, _ configuration: Configuration, _ readings: [Reading]) throws -> [UInt8] {
        try current.table.told(
            from: configuration.metricsFile, readings + NginxRefusals.readings(configuration.nginxRefusals), as: form)
    }

    /// The same for who has no session with the database, and opens one for it.
    public static func told(as form: Exposition, _ configuration: Configuration) throws -> [UInt8] {
        let settings = SessionSettings(
            applicationName: "metrics", connectTimeoutSeconds: 2, statementTimeoutMilliseconds: 2_000)
        let readings: [Reading]? = try? {
            var db = try Connection(configuration.databaseDirectURL, settings)
            return try HostReadings.read(in: &db)
        }()
        return try told(as: form, configuration, readings ?? HostReadings.withoutDatabase)
    }

    /// Every metric as a row of a Markdown table: name, labels, what it tells.
    public static var list: String {
        let rows = current.table.metrics.map { metric in
            let labels = metric.labelNames.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |"
        }
        return (["| metric | kind | labels | what it tells |", "|---|---|---|---|"] + rows).joined(separator: "\n")
            + "\n"
    }
}
