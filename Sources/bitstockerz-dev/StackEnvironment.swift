import System

/// The environment of the stack's programs: what is said here, and nothing of the terminal's.
enum StackEnvironment {
    static let base = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "TZ": "UTC"]

    /// What a user or address may do at most, by default, as the example of a configuration tells it.
    private static func limits(_ layout: StackLayout) -> [(name: String, standard: Int)] {
        let example = (try? File.text(of: layout.configurationExample, maximumBytes: 1 << 20)) ?? ""
        return example.split(separator: "\n").compactMap { line in
            let parts = line.dropFirst().split(separator: "=")
            guard line.first == "#", parts.count == 2, let standard = Int(parts[1]),
                parts[0].hasPrefix("RATE_LIMIT_") || parts[0].hasPrefix("QUOTA_")
            else { return nil }
            return (String(parts[0]), standard)
        }
    }

    /// For responders, daemon and admin tool. `--set` wins over everything else.
    static func product(_ options: StackOptions, _ layout: StackLayout, databaseURL: String) -> [String: String] {
        var values = base
        values["ENVIRONMENT"] = options.environment
        values["DATABASE_URL"] = databaseURL
        values["PUBLIC_ORIGINS"] = "http://localhost:\(options.port)"
        values["SERVER_SECRET_FILE"] = layout.serverSecret
        values["RESPONDERS"] = "\(options.responders)"
        values["BACKTESTD_SOCKET"] = layout.backtestdSocket
        values["METRICS_FILE"] = layout.metricsFile
        // libpq brings GnuTLS along, through LDAP, which nobody here uses: it need not set itself up in every process.
        values["GNUTLS_NO_IMPLICIT_INIT"] = "1"
        values["MIGRATIONS_DIR"] = "\(layout.share)/Migrations"
        // The demo prices end years ago.
        values["PAPER_STALE_PRICES"] = "allow"
        for (name, standard) in limits(layout) { values[name] = "\(standard * options.rateScale)" }
        for setting in options.settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = String(parts[1])
        }
        return values
    }
}
