import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct UploadTests {
    @Test func `a file is understood, confirmed and stored, and goes with the commit`() throws {
        let desk = try UploadDesk()
        let answer = try desk.upload(UploadDesk.week, "symbol=abc")
        #expect(answer.status == 201)
        #expect(answer["Location"] == "\(UploadDesk.path)/\(answer.id)")
        #expect(answer.member("file_name") == "f.csv" && answer.member("refusal") == .null)
        #expect(answer.member("bytes")?.numberValue?.int == UploadDesk.week.utf8.count)
        #expect(answer.member("report", "understood", "order") == "oldest first")
        #expect(answer.member("report", "first") == "2024-03-04" && answer.member("report", "last") == "2024-03-06")
        #expect(answer.member("report", "stored", "added") == 3 && answer.member("report", "stored", "symbol") == "ABC")
        #expect(answer.member("report", "stored", "new_symbol") == true)
        #expect(answer.member("points")?.arrayValue?.count == 3 && answer.member("bars_per_point") == 1)
        #expect(
            answer.member("first_bars")?.arrayValue?.first
                == ["time": "2024-03-04", "open": 10, "high": 11, "low": 9, "close": 10.5, "volume": 100])
        #expect(try desk.installation.scalar("SELECT count(*) FROM symbols") == 0, "a look stores nothing")

        let queued = try desk.confirm(answer.id, ["symbol": "abc", "name": "A B C", "exchange": "XNYS"])
        #expect(queued.status == 202 && queued.member("job_type") == "import_bars")
        #expect(queued["Location"] == "/api/jobs/\(queued.id)")
        #expect(try desk.confirm(answer.id, ["symbol": "abc"]).code == "CONFLICT", "once is enough")
        #expect(try desk.send("DELETE", "\(UploadDesk.path)/\(answer.id)").code == "CONFLICT")
        let listed = try desk.send("GET", UploadDesk.path).member("imports")?.arrayValue?.first?.objectValue
        #expect(listed?["id"]?.stringValue == answer.id && listed?["job_id"]?.stringValue == queued.id)

        let job = try #require(try desk.work(queued.id))
        #expect(job["status"] == "completed")
        let result = try #require(job["result"]?.objectValue)
        #expect(result["rows"] == 3 && result["stored"]?.objectValue?["added"] == 3)
        #expect(try desk.counts() == [0, 0, 3])
        #expect(try desk.confirm(answer.id, ["symbol": "abc"]).status == 404)
        #expect(try desk.send("GET", "\(UploadDesk.path)/\(answer.id)").status == 404)
        let candles = try desk.send("GET", "/api/market-data/equities/candles?symbol=ABC").json?.arrayValue
        #expect(candles?.map { $0.objectValue?["close"] } == [10.5, 10.75, 11.99])
        #expect(try desk.send("GET", "/api/symbols/abc").member("name") == "A B C")
        #expect(try desk.installation.events().last { $0.type == "import.confirmed" }?.payload["symbol"] == "abc")
    }

    @Test func `what is open is asked for, and answered by an option`() throws {
        let desk = try UploadDesk()
        let text = UploadDesk.header + (1...5).map { "01/0\($0)/2015,1,1,1,1,1\n" }.joined()
        let answer = try desk.upload(text, "symbol=ABC")
        #expect(answer.status == 201 && answer.member("report") == .null)
        #expect(answer.member("refusal", "line") == 3 && answer.member("refusal", "asks") == "date_order")
        #expect(
            answer.member("refusal", "reason")?.stringValue?.hasSuffix("say date_order day-first or month-first")
                == true)
        let again = try desk.send("GET", "\(UploadDesk.path)/\(answer.id)?symbol=ABC&date_order=month-first")
        #expect(again.status == 200 && again.member("refusal") == .null)
        #expect(again.member("report", "last") == "2015-01-05" && again.member("report", "bars") == 5)
        let job = try desk.confirm(answer.id, ["symbol": "ABC", "date_order": "month-first"])
        #expect(try desk.work(job.id)?["status"] == "completed")
        #expect(try desk.installation.scalar("SELECT max(date) - '2015-01-05' FROM equity_daily_bars") == 0)
    }

    @Test func `the zone is asked for where the symbol is stored as listed elsewhere`() throws {
        let desk = try UploadDesk()
        try desk.execute(
            "INSERT INTO symbols (symbol, name, asset_type, exchange) VALUES ('ABC', 'A B C', 'EQUITY', 'LSE')")
        let hours = (4...6).flatMap { day in
            (8..<16).map { "2024-03-0\(day)T\($0 < 10 ? "0" : "")\($0):00:00Z,10,11,9,10.5,100\n" }
        }.joined()
        let answer = try desk.upload(UploadDesk.header + hours, "symbol=ABC&asset_type=EQUITY")
        #expect(answer.member("refusal", "asks") == "zone", "\(answer.text)")
        #expect(answer.member("refusal", "reason")?.stringValue?.contains("those of LSE: say zone") == true)
        // The worker asks as well, for what was confirmed without a look.
        let said: Object = ["symbol": "ABC", "asset_type": "EQUITY"]
        let refused = try desk.work(desk.confirm(answer.id, said).id)?["error"]?.objectValue
        #expect(refused?["code"] == "IMPORT_REFUSED" && refused?["message"]?.stringValue?.contains("say zone") == true)
        let again = try desk.send(
            "GET", "\(UploadDesk.path)/\(answer.id)?symbol=ABC&asset_type=EQUITY&zone=Europe/London")
        #expect(again.member("refusal") == .null && again.member("report", "bars") == 3, "\(again.text)")
    }

    /// What a file says, what is in the way, and the option that answers it.
    @Test(arguments: [
        ("nothing but words", "nothing here\n", "a time and four prices are needed", nil as String?),
        ("a page of the web", "<!DOCTYPE html><html></html>", "this is a page of the web (HTML)", nil),
        (
            "not a number", UploadDesk.week + "2024-03-07,NaN,2,1,1,1\n", "1 line is no bar, so nothing is stored",
            "skip_invalid"
        ),
        ("beyond numbers", UploadDesk.week + "2024-03-07,1e309,2,1,1,1\n", "line 5: ", "skip_invalid"),
        ("negative volume", UploadDesk.week + "2024-03-07,1,2,1,1,-1\n", "line 5: ", "skip_invalid"),
        ("days to come", UploadDesk.week + "2999-03-07,1,2,1,1,1\n", "line 5: the bar ends after now", "skip_invalid"),
        (
            "several symbols", "Symbol,Date,Open,High,Low,Close\nA,2024-03-04,1,1,1,1\nB,2024-03-04,1,1,1,1\n",
            "bars of several symbols: say ticker A", "ticker"
        ),
        (
            "commas of either kind", "Date;Open;High;Low;Close\n2024-03-04;1,000;1,000;1,000;1,000\n",
            "say decimal_mark point or comma", "decimal_mark"
        ),
        (
            "weeks",
            UploadDesk.header + (1...4).map { "2024-01-\($0 * 7 < 10 ? "0" : "")\($0 * 7),1,1,1,1,1\n" }.joined(),
            "bars are 7 days apart", "timeframe"
        ),
        ("no symbol", UploadDesk.week, "the file names no symbol", "symbol"),
    ])
    func `a file that is not stored as it is says why`(
        _ what: String, _ text: String, _ reason: String, _ asks: String?
    ) throws {
        let desk = try UploadDesk()
        let answer = try desk.upload(text, what == "no symbol" ? "" : "symbol=ABC")
        #expect(answer.status == 201)
        let told = answer.member("refusal", "reason")?.stringValue ?? ""
        #expect(told.contains(reason), "\(what): \(told)")
        #expect(answer.member("refusal", "asks")?.stringValue == asks, "\(what)")
        // The worker says the same, and nothing is stored.
        guard what != "no symbol" else { return }
        let job = try desk.work(desk.confirm(answer.id, ["symbol": "ABC"]).id)
        #expect(
            job?["status"] == "failed" && job?["error"]?.objectValue?["code"] == "IMPORT_REFUSED",
            "\(what): \(job ?? [:])")
        #expect(try desk.counts().last == 0)
        #expect(try desk.counts().first == 1, "it can be confirmed once more")
        if asks == "skip_invalid" {
            let job = try desk.work(desk.confirm(answer.id, ["symbol": "ABC", "skip_invalid": true]).id)
            #expect(job?["status"] == "completed")
            #expect(try desk.counts() == [0, 0, 3])
        }
    }

    @Test(arguments: [
        ("gzip", Archives.gzip(Array(UploadDesk.week.utf8)), nil as String?),
        ("zip", Archives.zip(Array(UploadDesk.week.utf8), named: "a.csv"), nil),
        ("a gzip that was cut off", Array(Archives.gzip(Array(UploadDesk.week.utf8)).dropLast(20)), "ends too early"),
        ("an empty gzip", Archives.gzip([]), "the file is empty"),
        ("a damaged zip", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 255, count: 100), "the zip archive"),
        ("bytes of nothing", (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 89) }, " "),
    ])
    func `what is compressed is unpacked or refused`(_ what: String, _ bytes: [UInt8], _ refusal: String?) throws {
        let desk = try UploadDesk()
        let answer = try desk.upload(bytes, "symbol=ABC", type: "application/gzip")
        #expect(answer.status == 201)
        if let refusal {
            #expect(
                answer.member("refusal", "reason")?.stringValue?.contains(refusal) == true, "\(what): \(answer.text)")
        } else {
            #expect(
                answer.member("refusal") == .null && answer.member("report", "bars") == 3, "\(what): \(answer.text)")
        }
    }

    @Test func `a change, another source and a split are told beforehand`() throws {
        let desk = try UploadDesk()
        func days(_ price: (Int) -> Double) -> String {
            UploadDesk.header
                + (1...9).map { "2024-03-0\($0),\(price($0)),\(price($0)),\(price($0)),\(price($0)),1\n" }.joined()
        }
        let first = try desk.upload(days { Double($0) }, "symbol=ABC")
        _ = try desk.work(desk.confirm(first.id, ["symbol": "ABC"]).id)
        let same = try desk.upload(days { Double($0) }, "symbol=ABC")
        #expect(same.member("report", "stored", "unchanged") == 9 && same.member("report", "stored", "revision") == 1)
        let corrected = try desk.upload(days { Double($0 == 9 ? 10 : $0) }, "symbol=ABC")
        #expect(corrected.member("report", "stored", "changed") == 1)
        #expect(corrected.member("report", "stored", "revision") == 2)
        let other = try desk.upload(days { Double($0) }, "symbol=ABC&adjustment=total")
        #expect(other.member("refusal", "asks") == "replace" && other.member("report", "stored") == .null)
        #expect(other.member("report", "bars") == 9 && other.member("points")?.arrayValue?.count == 9)
        let split = try desk.upload(days { Double($0) / 4 }, "symbol=ABC")
        #expect(split.member("refusal", "asks") == "replace")
        #expect(split.member("refusal", "reason")?.stringValue?.contains("; replace puts these bars") == true)
        let replacing = try desk.send("GET", "\(UploadDesk.path)/\(split.id)?symbol=ABC&replace=true")
        #expect(replacing.member("refusal") == .null && replacing.member("report", "stored", "changed") == 9)
        #expect(try desk.installation.scalar("SELECT max(revision) FROM bar_series") == 1)
        let refused = try desk.work(desk.confirm(split.id, ["symbol": "ABC"]).id)
        #expect(refused?["error"]?.objectValue?["message"]?.stringValue?.contains("split") == true)
        #expect(try desk.work(desk.confirm(split.id, ["symbol": "ABC", "replace": true]).id)?["status"] == "completed")
        #expect(try desk.installation.scalar("SELECT (max(close) * 4)::int FROM equity_daily_bars") == 9)
        let wrong = try desk.upload(days { Double($0) }, "symbol=ABC&asset_type=CRYPTO")
        #expect(wrong.member("refusal", "asks") == "symbol", "ABC is no pair")
    }

    @Test func `the day of the prices is stored, another one and one of raw prices are refused`() throws {
        let desk = try UploadDesk()
        let adjusted = "symbol=ABC&adjustment=split&price_basis_date="
        let first = try desk.upload(UploadDesk.week, adjusted + "2024-03-10")
        #expect(first.member("refusal") == .null, "\(first.text)")
        let said: Object = ["symbol": "ABC", "adjustment": "split", "price_basis_date": "2024-03-10"]
        #expect(try desk.work(desk.confirm(first.id, said).id)?["status"] == "completed")
        let series = try desk.send("GET", "/api/market-data/series?symbol=ABC").member("series")
        #expect(series?.arrayValue?.first?.objectValue?["price_basis_date"] == "2024-03-10")
        let other = try desk.upload(UploadDesk.week, adjusted + "2024-03-11")
        #expect(other.member("refusal", "asks") == "replace", "\(other.text)")
        let raw = try desk.upload(UploadDesk.week, "symbol=ABC&price_basis_date=2024-03-10")
        #expect(raw.status == 400 && raw.text.contains("say adjustment, too"), "\(raw.text)")
    }

    @Test func `it takes an operator, and one's own file`() throws {
        let desk = try UploadDesk()
        let mine = try desk.upload(UploadDesk.week, "symbol=ABC")
        let user = try desk.stranger("user"), other = try desk.stranger("operator")
        #expect(try desk.upload(Array(UploadDesk.week.utf8), key: user).status == 403)
        #expect(try desk.send("GET", UploadDesk.path, key: user).status == 403)
        let item = "\(UploadDesk.path)/\(mine.id)"
        #expect(try desk.send("GET", item, key: other).status == 404)
        #expect(try desk.send("DELETE", item, key: other).status == 404)
        #expect(try desk.send("POST", item + "/confirm", ["symbol": "ABC"], key: other).status == 404)
        #expect(try desk.send("GET", UploadDesk.path, key: other).member("imports") == [])
        #expect(try desk.send("DELETE", item).status == 204)
        #expect(try desk.counts() == [0, 0, 0])
    }

    @Test func `what does not fit is refused, and nothing is kept`() throws {
        let desk = try UploadDesk(["QUOTA_UPLOAD_BYTES": "300", "QUOTA_ALL_UPLOAD_BYTES": "350"])
        let bytes = Array(UploadDesk.week.utf8)
        #expect(try desk.upload(bytes).status == 201)
        #expect(try desk.upload(bytes).status == 201)
        #expect(try desk.upload(bytes).code == "QUOTA_EXCEEDED")
        #expect(try desk.upload(bytes, key: desk.stranger("operator")).code == "QUOTA_EXCEEDED", "of all together")
        #expect(try desk.upload([]).status == 400)
        #expect(try desk.upload(bytes, type: "image/png").status == 415)
        #expect(try desk.upload(bytes, "unknown=1").status == 400)
        let long = String(repeating: "x", count: 256)
        #expect(try desk.send("POST", "\(UploadDesk.path)?file_name=\(long)").status == 400)
        #expect(try desk.upload(bytes, "zone=Nowhere/Land").status == 400)
        #expect(try desk.upload(bytes, "file_name=twice").status == 400)
        #expect(try desk.counts() == [2, 2, 0])
    }
}
