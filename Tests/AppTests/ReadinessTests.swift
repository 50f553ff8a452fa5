import Daemon
import Foundation
import HTTP
import JSON
import TestSupport
import Testing

@testable import App

@Suite struct ReadinessTests {
    private static let database = try! TestDatabase()

    private func schemaState(_ application: inout Application) throws -> Value? {
        let answer = application.respond(to: try Request(.get, "/api/health/ready"))
        return try parse(answer.body).objectValue?["checks"]?.objectValue?["schema"]?.objectValue?["status"]
    }

    @Test func `an install beside a running process does not make it unready`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bsready-\(UUID().uuidString)").path
        try FileManager.default.copyItem(atPath: Repository.migrations, toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = try Configuration(["DATABASE_URL": Self.database.conninfo, "MIGRATIONS_DIR": folder])
        var running = Application(configuration, log: Log(minimum: .error))
        #expect(try schemaState(&running) == "up")
        try Data("CREATE TABLE next_release (x integer)".utf8).write(
            to: URL(filePath: folder + "/V9999__next_release.sql"))
        #expect(try schemaState(&running) == "up")
        var installed = Application(configuration, log: Log(minimum: .error))
        #expect(try schemaState(&installed) == "down")
        // While an install exchanges the files there may be none.
        try FileManager.default.removeItem(atPath: folder)
        #expect(try schemaState(&running) == "up")
        var without = Application(configuration, log: Log(minimum: .error))
        #expect(try schemaState(&without) == "down")
    }
}
