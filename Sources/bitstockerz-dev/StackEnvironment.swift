import Settings

/// The environment of the stack's programs: what is said here, and nothing of the terminal's.
enum StackEnvironment {
    static let base = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "TZ": "UTC"]

    /// What a user or address may do at most, by default.
    private static let limits = Variable.allCases.compactMap { variable in
        let isLimit = ["RATE_LIMIT_", "QUOTA_"].contains { variable.name.hasPrefix($0) }
        return isLimit ? Int(variable.standard).map { (variable, standard: $0) } : nil
    }

    /// For responders, daemon and admin tool. `--set` wins over everything else.
    static func product(_ options: StackOptions, _ layout: StackLayout, databaseURL: String) -> [String: String] {
        var values = base
        // libpq brings GnuTLS along, through LDAP, which nobody here uses: it need not set itself up in every process.
        values["GNUTLS_NO_IMPLICIT_INIT"] = "1"
        let settings: [Variable: String] = [
            .environment: options.environment, .databaseURL: databaseURL,
            .publicOrigins: "http://localhost:\(options.port)", .serverSecretFile: layout.serverSecret,
            .responders: "\(options.responders)", .backtestSocket: layout.backtestdSocket,
            .metricsFile: layout.metricsFile, .nginxRefusals: layout.nginxRefusals,
            .migrationsDirectory: "\(layout.share)/Migrations",
            // The demo prices end years ago.
            .stalePrices: "allow",
        ]
        for (variable, value) in settings { values[variable.name] = value }
        for (variable, standard) in limits { values[variable.name] = "\(standard * options.rateScale)" }
        for setting in options.settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = String(parts[1])
        }
        return values
    }
}
