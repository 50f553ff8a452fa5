import Settings
import Testing

@testable import bitstockerz_dev

@Suite struct StackEnvironmentTests {
    private func environment(_ arguments: String...) throws -> [String: String] {
        let options = try StackOptions.parse(["--state", "/srv/stack"] + arguments)
        return StackEnvironment.product(options, try StackLayout(options), databaseURL: "dbname=x")
    }

    @Test func `what the stack says is read, and limits are the standard ones`() throws {
        let values = try environment("--port", "8123", "--responders", "3")
        #expect(Variable.misspelt(in: values.keys, areOurs: false).isEmpty)
        #expect(values["DATABASE_URL"] == "dbname=x" && values["PUBLIC_ORIGINS"] == "http://localhost:8123")
        #expect(values["ENVIRONMENT"] == "development" && values["RESPONDERS"] == "3")
        #expect(values["SERVER_SECRET_FILE"] == "/srv/stack/server-secret")
        for variable in [Variable.rateLimitCalls, .rateLimitSignIn, .quotaRuns, .quotaAllUploadBytes] {
            #expect(values[variable.name] == variable.standard)
        }
        #expect(values["PATH"] == StackEnvironment.base["PATH"] && values["HOME"] == nil)
    }

    @Test func `limits are multiplied, and what is set by hand wins`() throws {
        let values = try environment(
            "--rate-scale", "10", "--set", "RATE_LIMIT_RUNS=7", "--set", "LOG_LEVEL=debug", "--set", "DATABASE_URL=a=b")
        #expect(values["RATE_LIMIT_CALLS"] == "6000" && values["RATE_LIMIT_RUNS"] == "7")
        #expect(values["LOG_LEVEL"] == "debug" && values["DATABASE_URL"] == "a=b")
    }
}
