import Testing

@testable import App

@Suite struct ProviderConfigurationTests {
    /// Made for tests: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
    static let signingKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKC2T02btfqW2aNBc
        wLnNWJykGgJ5o1Q/QIwptRuyPKuhRANCAARBkRp18MrxAWBz4YY5QDG1XB03qJa9
        gpBjWCenBgUv2nhyf43u87TAXvYE1lVQ4EO4JwMZ3e5ozLwvZ97tdBsA
        -----END PRIVATE KEY-----
        """

    private static let basis = [
        "PUBLIC_ORIGINS": "https://app.example", "SERVER_SECRET": String(repeating: "0f", count: 32),
    ]
    private static let google = ["GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "hush"]
    private static let apple = [
        "APPLE_CLIENT_ID": "org.example.web", "APPLE_TEAM_ID": "team", "APPLE_KEY_ID": "key",
        "APPLE_PRIVATE_KEY": signingKey,
    ]

    private func configuration(_ parts: [String: String]...) throws -> Configuration {
        try Configuration(parts.reduce(Self.basis) { $0.merging($1) { $1 } }) { $0 == "/key" ? Self.signingKey : nil }
    }

    private func problems(_ parts: [String: String]...) -> [String] {
        do {
            _ = try Configuration(parts.reduce([:]) { $0.merging($1) { $1 } }) { _ in nil }
            return []
        } catch { return error.problems }
    }

    @Test func `none is configured by default, and each only as a whole`() throws {
        #expect(try configuration().providers.isEmpty)
        for part in [Self.google, Self.apple] {
            for name in part.keys {
                var missing = part
                missing[name] = ""
                #expect(problems(Self.basis, missing).contains { $0.hasPrefix("\(name) is not set") }, "\(name)")
            }
        }
    }

    @Test func `their endpoints are the known ones unless others are given`() throws {
        let google = try #require(try configuration(Self.google).provider(.google))
        #expect(google.issuer == "https://accounts.google.com" && google.secret == .fixed("hush"))
        #expect(google.tokenEndpoint == "https://oauth2.googleapis.com/token" && google.userInfoEndpoint != nil)
        let apple = try #require(try configuration(Self.apple).provider(.apple))
        #expect(apple.issuer == "https://appleid.apple.com" && apple.userInfoEndpoint == nil)
        let other = try configuration(Self.google, ["GOOGLE_ISSUER": "https://id.example"])
        #expect(other.provider(.google)?.issuer == "https://id.example")
    }

    @Test func `a key comes from its file and is never shown`() throws {
        var files = Self.apple
        files["APPLE_PRIVATE_KEY"] = nil
        files["APPLE_PRIVATE_KEY_FILE"] = "/key"
        let configuration = try configuration(files, Self.google)
        #expect(
            configuration.provider(.apple)?.secret == .signed(teamID: "team", keyID: "key", privateKey: Self.signingKey)
        )
        let shown = configuration.effective.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
        #expect(shown.contains("GOOGLE_CLIENT_SECRET=***") && shown.contains("APPLE_PRIVATE_KEY=***"))
        #expect(!shown.contains("hush") && !shown.contains("BEGIN"))
    }

    @Test func `what is no signing key is refused`() {
        #expect(problems(Self.basis, Self.apple, ["APPLE_PRIVATE_KEY": "nonsense"]).count == 1)
    }

    @Test func `a provider needs an origin to send people back to`() {
        #expect(problems(Self.google).contains { $0.contains("PUBLIC_ORIGINS") })
    }

    @Test(arguments: [
        "http://id.example", "ftp://id.example", "id.example", "https://", "https://id.example/#x",
        "https://id example",
        "http://127.0.0.1.evil.example", "http://localhost.evil.example",
    ])
    func `an endpoint speaks TLS`(_ address: String) {
        for environment in ["production", "test"] {
            let found = problems(
                Self.basis, Self.google, ["GOOGLE_TOKEN_ENDPOINT": address, "ENVIRONMENT": environment])
            #expect(found.count == 1 && found[0].hasPrefix("GOOGLE_TOKEN_ENDPOINT"), "\(found)")
        }
    }

    @Test(arguments: ["http://localhost:9440/token", "http://127.0.0.1/", "http://[::1]:1/x"])
    func `an endpoint on this machine need not, where nothing is real`(_ address: String) {
        let endpoint = ["GOOGLE_TOKEN_ENDPOINT": address]
        #expect(problems(Self.basis, Self.google, endpoint, ["ENVIRONMENT": "test"]).isEmpty)
        #expect(problems(Self.basis, Self.google, endpoint, ["ENVIRONMENT": "development"]).isEmpty)
        #expect(problems(Self.basis, Self.google, endpoint).count == 1)
    }
}
