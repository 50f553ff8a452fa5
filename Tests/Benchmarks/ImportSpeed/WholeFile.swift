import App
import Foundation
import JSON
import Market
import Postgres
import PriceFiles
import TestSupport

// A file of many bars, against a bare `psql \copy` of the same rows into the same table.

/// Hours from 1970 on with prices in cents, as we write them and as COPY takes them. The price walks, so that no two
/// rows look alike.
private func writeFiles(_ count: Int, symbol id: Int, _ ours: String, _ theirs: String) throws {
    var plain = "timestamp,open,high,low,close,volume\n", rows = "", state: UInt64 = 1, cents = 1_000_000
    func open(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
        return file
    }
    let (first, second) = (try open(ours), try open(theirs))
    func money(_ cents: Int) -> String { "\(cents / 100).\(cents % 100 / 10)\(cents % 10)" }
    for hour in 0..<count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let step = Int(state >> 40) % 2_001 - 1_000
        let opening = cents
        cents = max(10_000, cents + step)
        let (high, low) = (max(opening, cents) + 125, min(opening, cents) - 130)
        let time = Instant(microseconds: Int64(hour) * Timeframe.hour.microseconds).textInSeconds
        let bar =
            "\(time),\(money(opening)),\(money(high)),\(money(low)),\(money(cents)),\(Int(state >> 33) % 100_000).\(hour % 10)\n"
        plain += bar
        rows += "\(id),\(bar)"
        if hour % 10_000 == 9_999 || hour == count - 1 {
            first.write(Data(plain.utf8))
            second.write(Data(rows.utf8))
            (plain, rows) = ("", "")
        }
    }
}

private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return text
}

/// Seconds of a whole process, and what it prints.
private func timed(_ program: String, _ arguments: [String]) throws -> (seconds: Double, output: String) {
    let begin = ContinuousClock.now
    let output = try run(program, arguments)
    return ((ContinuousClock.now - begin) / .seconds(1), output)
}

/// Bars a second of a bare COPY, of a first import and of one that changes nothing, in turns, and the most memory in
/// megabytes that an import took: of that file, and of its lines newest first.
func measureWholeFile(of count: Int, rounds: Int) throws -> Value {
    let database = try TestDatabase()
    var db = try database.connect(SessionSettings(statementTimeoutMilliseconds: 600_000))
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try db.script(
        """
        INSERT INTO symbols (symbol, name, asset_type, currency, base_asset, quote_asset)
        VALUES ('COPIED-USD', 'copied', 'CRYPTO', 'USD', 'COPIED', 'USD');
        ALTER TABLE crypto_hourly_bars ALTER COLUMN provider SET DEFAULT 'copy'
        """)
    let id = try db.run(Query<Int>.value("SELECT id FROM symbols WHERE symbol = 'COPIED-USD'"))
    let (ours, theirs) = (folder + "/bars.csv", folder + "/rows.csv")
    try writeFiles(count, symbol: id, ours, theirs)
    let newestFirst = folder + "/newest-first.csv"
    _ = try run("/bin/sh", ["-c", "(head -n 1 \(ours); tail -n +2 \(ours) | tac) > \(newestFirst)"])
    var copying: [Double] = [], first: [Double] = [], again: [Double] = [], memory = 0.0
    for round in 0..<rounds {
        try db.script("TRUNCATE crypto_hourly_bars; CHECKPOINT")
        let columns = "symbol_id, ts, open, high, low, close, volume"
        copying.append(
            try timed(
                "/usr/bin/psql",
                ["-qX", database.conninfo, "-c", "\\copy crypto_hourly_bars (\(columns)) FROM '\(theirs)' CSV"]
            ).seconds)
        try db.script("TRUNCATE crypto_hourly_bars; CHECKPOINT")
        for isFirst in [true, false] {
            let ended = try timedImport(of: ours, as: "ROUND\(round)-USD", database)
            memory = max(memory, ended.megabytes)
            if isFirst { first.append(ended.seconds) } else { again.append(ended.seconds) }
        }
    }
    let turned = try timedImport(of: newestFirst, as: "TURNED-USD", database)
    func middle(_ times: [Double]) -> Value {
        .number(Number((Double(count) / times.sorted()[times.count / 2]).rounded()))
    }
    return [
        "copy": middle(copying), "first": middle(first), "again": middle(again), "megabytes": .number(Number(memory)),
        "turnedMegabytes": .number(Number(turned.megabytes)),
    ]
}

private func timedImport(
    of file: String, as symbol: String, _ database: TestDatabase
) throws -> (seconds: Double, megabytes: Double) {
    let ended = try timed("/proc/self/exe", ["child", database.conninfo, file, symbol])
    guard let megabytes = Double(ended.output.split(separator: "\n").last ?? "") else {
        throw CocoaError(.fileReadUnknown)
    }
    return (ended.seconds, megabytes)
}

/// As the command line imports a file.
func importFile(_ arguments: [String]) throws {
    var options = ReadingOptions()
    options.now = .max
    let file = try PriceFile(FileBytes(arguments[1]), name: arguments[1], options: options)
    var db = try Connection(arguments[0], SessionSettings(statementTimeoutMilliseconds: 600_000))
    _ = try BarImport(symbol: arguments[2]).run(file, in: &db)
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber) ?? ""
    print(Double(peak).map { $0 / 1024 } ?? 0)
}
