import Foundation
import JSON
import TestSupport
import Testing

/// Files of prices on their way through the whole product: nginx, responder, worker, candles. One after the other: of so few
/// responders one looks at files.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct UploadTests {
    let server: TestServer
    private static let path = "/api/market-data/imports"
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "PriceFilesTests/Fixtures")

    init() throws { server = try TestServer.shared.get() }

    /// An operator's key.
    private func makeKey() throws -> String {
        let email = "operator-\(UUID().uuidString)@example.org"
        try server.command("user", "create", "--email", email)
        try server.command("user", "role", email, "operator")
        return try server.command(
            "api-key", "create", "--user", email, "--name", "tests", "--scopes", "read,research,ingest"
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func upload(
        _ bytes: [UInt8], _ query: String, _ key: String, type: String = "application/octet-stream"
    ) throws -> HTTPClient.Answer {
        try server.client.send(
            "POST", Self.path + "?" + query, key: key, body: bytes, fields: [("Content-Type", type)], seconds: 60)
    }

    private func confirmed(_ id: String, _ options: Object, _ key: String) throws -> Object {
        let queued = try server.client.send(
            "POST", "\(Self.path)/\(id)/confirm", key: key,
            json: String(decoding: Value.object(options).bytes, as: UTF8.self))
        guard queued.status == 202, let job = queued.object?["id"]?.stringValue else {
            throw TestServer.Failure(description: queued.text)
        }
        var ended: Object?
        try poll("job \(job) to end", seconds: 60) {
            ended = try server.client.send("GET", "/api/jobs/\(job)", key: key).object
            return !["pending", "running", nil].contains(ended?["status"]?.stringValue)
        }
        return try #require(ended)
    }

    private static let expected: Object = {
        let bytes = try? Data(contentsOf: folder.appending(path: "expected.json"))
        return (try? parse([UInt8](bytes ?? Data())))?.objectValue ?? [:]
    }()

    @Test(arguments: ["as it is", "gzip", "zip"])
    func `every shape of file is understood, stored and read back`(_ wrapping: String) throws {
        let key = try makeKey()
        for (number, name) in Self.expected.names.enumerated() {
            let wanted = try #require(Self.expected[name]?.objectValue)
            let plain = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
            let bytes =
                wrapping == "gzip" ? Archives.gzip(plain) : wrapping == "zip" ? Archives.zip(plain, named: name) : plain
            let isCoin = wanted["asset_type"] == "CRYPTO"
            let symbol = "U\(wrapping.count)N\(number)" + (isCoin ? "-USD" : "")
            let looked = try upload(bytes, "file_name=\(name)&symbol=\(symbol)", key)
            #expect(looked.status == 201, "\(name): \(looked.text)")
            let id = try #require(looked.object?["id"]?.stringValue)
            let refusal = looked.object?["refusal"]?.objectValue
            guard wanted["result"] == "bars" else {
                let line = wanted["lines"]?.arrayValue?.first
                #expect(refusal?["asks"] == (line == nil ? "date_order" : "skip_invalid"), "\(name)")
                if let line { #expect(refusal?["line"] == line, "\(name)") }
                #expect(try confirmed(id, ["symbol": .string(symbol)], key)["status"] == "failed", "\(name)")
                #expect(try server.client.send("DELETE", "\(Self.path)/\(id)", key: key).status == 204)
                continue
            }
            #expect(refusal == nil, "\(name): \(looked.text)")
            let report = try #require(looked.object?["report"]?.objectValue)
            #expect(
                report["timeframe"] == wanted["timeframe"] && report["asset_type"] == wanted["asset_type"], "\(name)")
            #expect(report["bars"] == wanted["bars"] && report["stored"]?.objectValue?["added"] == wanted["bars"])
            let job = try confirmed(id, ["symbol": .string(symbol)], key)
            #expect(job["status"] == "completed", "\(name): \(job)")
            #expect(job["result"]?.objectValue?["stored"]?.objectValue?["bars"] == wanted["bars"], "\(name)")
            let address =
                isCoin
                ? "/api/market-data/crypto/candles?symbol=\(symbol)&interval=1h"
                : "/api/market-data/equities/candles?symbol=\(symbol)"
            let candles = try #require(try server.client.send("GET", address).json?.arrayValue)
            #expect(candles.count == wanted["bars"]?.numberValue?.int, "\(name)")
            for (candle, end) in [(candles.first, "first"), (candles.last, "last")] {
                let values = try #require(candle?.objectValue).members.map(\.value)
                let expected = try #require(wanted[end]?.arrayValue)
                #expect(values.first == expected.first, "\(name), \(end)")
                #expect(
                    values.dropFirst().map { $0.numberValue?.double }
                        == expected.dropFirst().map { $0.numberValue?.double }, "\(name), \(end)")
            }
        }
        #expect(try server.client.send("GET", Self.path, key: key).object?["imports"] == [])
    }

    @Test func `a file may have 64 MB, and no byte more`() throws {
        let key = try makeKey()
        var text = "Date,Open,High,Low,Close,Volume,Note\n"
        let note = String(repeating: "x", count: 60_000)
        for day in 1...28 { text += "2024-02-\(day < 10 ? "0" : "")\(day),1,1,1,1,1,\(note)\n" }
        // A column that nobody reads fills it up; zeros would be no file of prices.
        var bytes = Array(text.utf8)
        bytes += [UInt8](repeating: UInt8(ascii: "\n"), count: (64 << 20) - bytes.count)
        let most = try upload(bytes, "file_name=large.csv&symbol=LARGE", key)
        #expect(most.status == 201 && most.object?["bytes"]?.numberValue?.int == 64 << 20)
        #expect(most.object?["report"]?.objectValue?["bars"] == 28, "\(most.text.prefix(500))")
        let id = try #require(most.object?["id"]?.stringValue)
        #expect(try server.client.send("DELETE", "\(Self.path)/\(id)", key: key).status == 204)
        bytes.append(10)
        let more = try upload(bytes, "file_name=larger.csv", key)
        #expect(more.code == "PAYLOAD_TOO_LARGE" && more.object?["detail"]?.stringValue?.contains("67108864") == true)
        #expect(try server.client.send("GET", Self.path, key: key).object?["imports"] == [])
    }

    /// The most memory that a process ever had, in bytes.
    private static func peak(_ pid: pid_t) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) << 10
    }

    @Test func `a million minutes become hours in the memory of a few, in responder and worker`() throws {
        let key = try makeKey()
        var bytes = Array("time,open,high,low,close,volume\n".utf8), minute = 0
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let start = 1_262_304_000  // 2010-01-01
        while bytes.count < (63 << 20) {
            let cents = 10_000 + minute * 7 % 500
            bytes +=
                "\(start + minute * 60),\(cents / 100).\(digits(cents % 100)),106.00,99.00,101.25,\(minute % 97)\n".utf8
            minute += 1
        }
        let looked = try upload(bytes, "file_name=minutes.csv&symbol=MINUTE-USD", key)
        #expect(looked.status == 201)
        // On a machine that is busy it may be too much for one look; the worker takes its time.
        if let refusal = looked.object?["refusal"]?.objectValue {
            #expect(
                refusal["reason"]?.stringValue?.contains("confirm it as it is") == true, "\(looked.text.prefix(500))")
        } else {
            #expect(looked.object?["report"]?.objectValue?["rows"]?.numberValue?.int == minute)
        }
        let id = try #require(looked.object?["id"]?.stringValue)
        let job = try confirmed(id, ["symbol": "MINUTE-USD"], key)
        #expect(job["status"] == "completed", "\(job)")
        #expect(job["result"]?.objectValue?["stored"]?.objectValue?["added"]?.numberValue?.int == minute / 60)
        for name in ["responder", "worker"] {
            for pid in try server.pids(name) {
                let peak = try Self.peak(pid)
                #expect(peak < 96 << 20, "\(name) had \(peak >> 20) MB")
            }
        }
    }

    @Test func `who leaves in the middle leaves nothing`() throws {
        let key = try makeKey()
        let head =
            "POST \(Self.path)?file_name=a.csv HTTP/1.1\r\nHost: localhost:\(server.client.port)\r\n"
            + "Authorization: Bearer \(key)\r\nContent-Type: text/csv\r\nContent-Length: 5000000\r\n\r\n"
        try server.client.abandon(Array(head.utf8) + [UInt8](repeating: 49, count: 1_000_000))
        #expect(try server.client.send("GET", Self.path, key: key).object?["imports"] == [])
        let whole = try upload(Array("Date,Open,High,Low,Close\n2024-02-01,1,1,1,1\n".utf8), "file_name=a.csv", key)
        #expect(whole.status == 201)
    }

    @Test func `a file that unpacks to far more than prices do is refused soon`() throws {
        let key = try makeKey()
        // Empty lines, which compress a thousandfold: made by the tool, for that takes an encoder.
        let folder = try TemporaryFolder(), file = folder.path + "/lines"
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/bin/sh")
        tool.arguments = ["-c", "head -c 400000000 /dev/zero | tr '\\0' '\\n' | gzip -9 > '\(file)'"]
        try tool.run()
        tool.waitUntilExit()
        let answer = try upload(
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))), "file_name=z.gz&symbol=Z", key)
        #expect(answer.status == 201)
        #expect(
            answer.object?["refusal"]?.objectValue?["reason"]?.stringValue?.contains("250-fold") == true,
            "\(answer.text)")
    }

    @Test func `users and strangers may not`() throws {
        let bytes = Array("Date,Open,High,Low,Close\n2024-02-01,1,1,1,1\n".utf8)
        #expect(try upload(bytes, "file_name=a.csv", server.strangersKey).status == 403)
        #expect(try server.client.send("POST", Self.path + "?file_name=a.csv", body: bytes).status == 401)
        let made = try upload(bytes, "file_name=a.csv", makeKey())
        let id = try #require(made.object?["id"]?.stringValue)
        #expect(try server.client.send("GET", "\(Self.path)/\(id)", key: makeKey()).status == 404)
    }
}
