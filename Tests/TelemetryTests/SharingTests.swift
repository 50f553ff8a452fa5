import Foundation
import TestSupport
import Testing

@testable import Telemetry

/// Several tables of one layout stand for several processes: their memories are different mappings, and their locks belong
/// to different open files.
@Suite struct SharingTests {
    private final class Host {
        let base = NSTemporaryDirectory() + "metrics-\(UUID().uuidString)"

        deinit {
            let folder = NSTemporaryDirectory()
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where (folder + name).hasPrefix(base) {
                try? FileManager.default.removeItem(atPath: folder + name)
            }
        }

        func told(_ table: MetricTable) throws -> ExpositionDocument {
            try ExpositionDocument(
                String(decoding: table.told(from: base, [], as: .text), as: UTF8.self), isOpenMetrics: false)
        }
    }

    private final class Process {
        let table: MetricTable
        let work: Counter
        let level: Gauge
        let seconds: Histogram
        let before: UInt64?

        init(_ host: Host, owner: UInt64 = 1) throws {
            var table = MetricTable(prefix: "test_")
            work = table.counter("work", "Done.", Label("kind", ["a", "b"]))
            level = table.gauge("level", "Stands.")
            seconds = table.histogram("took_seconds", "Took.", bounds: [0.1])
            self.table = table
            before = try table.share(host.base, owner: owner)
        }
    }

    @Test func `what is only collected does not begin another file`() {
        func table(_ change: (inout MetricTable) -> Void) -> String {
            var table = MetricTable(prefix: "test_")
            _ = table.counter("work", "Done.", Label("kind", ["a", "b"]))
            change(&table)
            return table.fingerprint
        }
        let plain = table { _ in }
        #expect(table { _ = $0.collected("build", "Is.", Label("version", ["1"]), kind: .info) } == plain)
        #expect(table { _ = $0.counter("more", "Done.") } != plain)
        #expect(table { _ = $0.counter("work2", "Done.", Label("kind", ["a"])) } != plain)
    }

    @Test func `counts are summed over processes, and levels over those that live`() throws {
        let host = Host()
        let first = try Process(host)
        var second: Process? = try Process(host)
        first.work.add(2, at: 0)
        second?.work.add(3, at: 0)
        second?.work.add(1, at: 1)
        first.level.set(10)
        second?.level.set(32)
        second?.seconds.observe(nanoseconds: 200_000_000)
        let both = try host.told(first.table)
        #expect(both.sample("test_work_total", ["kind": "a"])?.value == 5)
        #expect(both.sample("test_level")?.value == 42)
        second = nil
        let left = try host.told(first.table)
        #expect(left.sample("test_work_total", ["kind": "a"])?.value == 5)
        #expect(left.sample("test_work_total", ["kind": "b"])?.value == 1)
        #expect(left.sample("test_took_seconds_sum")?.value == 0.2)
        #expect(left.sample("test_level")?.value == 10)
    }

    @Test func `the next process goes on where a dead one stopped, and is told of it`() throws {
        let host = Host()
        do {
            let killed = try Process(host, owner: 7)
            killed.work.add(5)
            killed.level.set(3)
            #expect(killed.before == nil)
        }
        let next = try Process(host, owner: 8)
        #expect(next.before == 7)
        next.work.add(1)
        #expect(try host.told(next.table).sample("test_work_total", ["kind": "a"])?.value == 6)
        #expect(try host.told(next.table).sample("test_level")?.value == 0)
    }

    @Test func `of a process that left as it should nobody is told`() throws {
        let host = Host()
        do { try Process(host).table.leave() }
        #expect(try Process(host).before == nil)
    }

    @Test func `a release that counts other things has a file of its own`() throws {
        let host = Host()
        let old = try Process(host)
        old.work.add(9)
        var table = MetricTable(prefix: "test_")
        let work = table.counter("work", "Done.", Label("kind", ["a", "b", "c"]))
        _ = try table.share(host.base, owner: 1)
        work.add(1)
        #expect(try host.told(table).sample("test_work_total", ["kind": "a"])?.value == 1)
        #expect(try host.told(old.table).sample("test_work_total", ["kind": "a"])?.value == 9)
    }

    @Test func `where nothing is shared nothing has been counted, and what cannot be made is an error`() throws {
        let host = Host()
        var table = MetricTable(prefix: "test_")
        _ = table.counter("work", "Done.")
        #expect(try host.told(table).sample("test_work_total")?.value == 0)
        #expect(throws: (any Error).self) { try table.share("/nonexistent/metrics", owner: 1) }
        #expect(throws: (any Error).self) { try table.share("/proc/metrics", owner: 1) }
    }

    @Test func `no count is lost to threads that count at once`() throws {
        let host = Host()
        let first = try Process(host), second = try Process(host)
        let counters = [first.work, second.work]
        inParallel(8) { number in
            for _ in 0..<50_000 { counters[number % 2].add(at: 1) }
        }
        #expect(try host.told(first.table).sample("test_work_total", ["kind": "b"])?.value == 400_000)
    }
}
