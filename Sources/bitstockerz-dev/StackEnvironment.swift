/// The environment of the stack's programs: what is said here, and nothing of the terminal's.
enum StackEnvironment {
    static let base = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "TZ": "UTC"]

    /// What a user or address may do at most, by default (systemd/bitstockerz.env.example).
    private static let limits = [
        ("RATE_LIMIT_CALLS", 600), ("RATE_LIMIT_RUNS", 60), ("RATE_LIMIT_SIGN_IN", 30), ("QUOTA_QUEUED_JOBS", 20),
        ("QUOTA_RUNS", 2_000), ("QUOTA_EQUITY_POINTS", 20_000_000),
    ]

    /// For responders, daemon and admin tool. `--set` wins over everything else.
    static func product(_ options: StackOptions, _ layout: StackLayout, databaseURL: String) -> [String: String] {
        var values = base
        values["ENVIRONMENT"] = options.environment
        values["DATABASE_URL"] = databaseURL
        values["PUBLIC_ORIGINS"] = "http://localhost:\(options.port)"
        values["SERVER_SECRET_FILE"] = layout.serverSecret
        values["RESPONDERS"] = "\(options.responders)"
        values["BACKTESTD_SOCKET"] = layout.backtestdSocket
        // libpq brings GnuTLS along, through LDAP, which nobody here uses: it need not set itself up in every process.
        values["GNUTLS_NO_IMPLICIT_INIT"] = "1"
        values["MIGRATIONS_DIR"] = "\(layout.share)/Migrations"
        for (name, standard) in limits { values[name] = "\(standard * options.rateScale)" }
        for setting in options.settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = String(parts[1])
        }
        return values
    }
}
