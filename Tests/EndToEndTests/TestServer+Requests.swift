import Foundation
import JSON
import Postgres
import TestSupport

/// The requests that several suites make.
extension TestServer {
    /// Saves ``TestStrategy`` under a name and gives its id.
    func strategy(_ name: String, assetType: String = "EQUITY", timeframe: String = "1d") throws -> String {
        let answer = try client.send(
            "POST", "/api/strategies", key: key,
            json: TestStrategy.draft(name: name, assetType: assetType, timeframe: timeframe))
        guard let id = answer.object?["id"]?.stringValue else { throw Failure(description: answer.text) }
        return id
    }

    func backtest(
        strategy: String, symbol: String = "TSTA", timeframe: String = "1d", from: String? = nil, to: String? = nil
    ) throws -> HTTPClient.Answer {
        let body = """
            {"strategy_id":"\(strategy)","symbol":"\(symbol)","timeframe":"\(timeframe)",\
            "start_date":"\(from ?? TestBars.daily.times.first!)","end_date":"\(to ?? TestBars.daily.times.last!)"}
            """
        return try client.send("POST", "/api/backtests", key: key, json: body)
    }

    /// The run of an answer, waited for when it was still under way.
    func finished(_ answer: HTTPClient.Answer, seconds: Int = 30) throws -> Object {
        guard let id = answer.object?["id"]?.stringValue else { throw Failure(description: answer.text) }
        var run: Object?
        try poll("run \(id) to end", seconds: seconds) {
            run = (try? client.send("GET", "/api/backtests/\(id)", key: key))?.object
            return !["pending", "running", nil].contains(run?["status"]?.stringValue)
        }
        guard let run else { throw Failure(description: "no run") }
        return run
    }

    /// What came out of verifying a run, waited for when it took longer than its request.
    func verified(_ run: String, key: String? = nil) throws -> HTTPClient.Answer {
        var answer: HTTPClient.Answer?
        try poll("run \(run) to be verified", seconds: 30) {
            answer = try client.send("POST", "/api/backtests/\(run)/verify", key: key ?? self.key)
            return answer?.status != 202
        }
        guard let answer else { throw Failure(description: "no answer") }
        return answer
    }

    /// Changes the server's database behind its back.
    func execute(_ sql: String) throws {
        var db = try Connection(databaseURL())
        try db.execute(sql)
    }

    /// One whole number from the server's database.
    func scalar(_ sql: String) throws -> Int {
        var db = try Connection(databaseURL())
        let rows = try db.query(sql)
        guard rows.count > 0 else { throw NoRow(sql: sql) }
        return try rows.int(0, 0)
    }
}

/// Nothing is there that a test asked the database for.
struct NoRow: Error {
    let sql: String
}

extension Object {
    /// A run without what other tests may change meanwhile: its statistics count everybody's trials of the family.
    var withoutStatistics: Object {
        var object = self
        // And the worker checks bars in its own time.
        for member in ["statistics", "warnings", "bars_checked"] { object[member] = nil }
        return object
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "bs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Ends the servers of this process when it ends in good order; a lifeline pipe ends them in every other case.
private let stopper: Void = {
    atexit {
        for server in running { server.stop() }
        for file in files { unlink(file) }
    }
}()
nonisolated(unsafe) private var running: [TestServer] = []
nonisolated(unsafe) private var files: [String] = []
private let lock = NSLock()

func atexitStop(_ server: TestServer) {
    lock.withLock {
        _ = stopper
        running.append(server)
    }
}

/// Removes a file that servers of this process need as long as they run.
func atexitRemove(_ file: String) {
    lock.withLock {
        _ = stopper
        files.append(file)
    }
}
