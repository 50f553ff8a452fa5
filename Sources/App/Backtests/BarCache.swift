import Backtest
import Crypto
import Market
import Synchronization

/// The bars of the series that were used last, in the memory of the daemon and for all its workers.
///
/// A series is asked for with the revision that the database has at that moment, so a corrected one is never mistaken
/// for what it was. Two workers that miss the same bars at once both read them; the later copy stays.
final class BarCache: Sendable {
    struct Key: Hashable, Sendable {
        let symbolID: Int
        let timeframe: Timeframe
        let revision: Int
    }

    /// All bars stored from one time to another, both included, Unix microseconds.
    struct Stretch: Sendable {
        let bars: CandleSeries
        /// `Int64.min`: there are none before.
        let from: Int64
        /// `Int64.max`: there are none after.
        let to: Int64

        /// The bars of a range, with up to `warmUp` of the bars before it; nil when not all of them are here.
        func range(from start: Int64, to end: Int64, warmUp: Int) -> Range<Int>? {
            let first = bars.index(atOrAfter: start)
            guard end <= to, from == .min || (start >= from && first >= warmUp) else { return nil }
            return max(0, first - warmUp)..<max(first, end == .max ? bars.count : bars.index(atOrAfter: end + 1))
        }
    }

    /// Bars ready for the engine, and the hash that the run will be stored with.
    struct Prepared: Sendable {
        let bars: PreparedBars
        /// SHA-256, hex, of the loaded bars.
        let hash: String

        init(_ series: CandleSeries) throws(BarError) {
            bars = try PreparedBars(series)
            hash = hex(Digest.sha256(Encodings.bars(series)))
        }
    }

    private struct Entry {
        let key: Key
        let stretch: Stretch
        /// What was prepared of it last, newest first: a trader tries one range again and again.
        var prepared: [(range: Range<Int>, value: Prepared)] = []
        var lastUse: Int

        /// Bytes of the columns and the management of an entry; a part that was cut out is a copy.
        var bytes: Int {
            let copies = prepared.lazy.filter { $0.range.count != stretch.bars.count }.map(\.range.count).reduce(0, +)
            return (stretch.bars.count + copies) * 48 + 4_096
        }
    }

    private struct Contents {
        var entries: [Entry] = []
        var uses = 0
        var bytes = 0
    }

    private static let preparedPerEntry = 4

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter bytes: what it may hold at most; the least recently used goes first. 0: nothing.
    init(bytes: Int) { limit = bytes }

    /// How many bytes it holds.
    var bytes: Int { contents.withLock { $0.bytes } }

    /// The bars of a range with those that warm up before it, and the index of the range's first.
    ///
    /// - Returns: nil when not all of them are here.
    func bars(
        _ key: Key, from start: Int64, to end: Int64, warmUp: Int
    ) throws(BarError) -> (prepared: Prepared, firstTradable: Int)? {
        var ready: Prepared?
        let found = contents.withLock { contents -> (stretch: Stretch, range: Range<Int>)? in
            for index in contents.entries.indices where contents.entries[index].key == key {
                let stretch = contents.entries[index].stretch
                guard let range = stretch.range(from: start, to: end, warmUp: warmUp) else { continue }
                contents.uses += 1
                contents.entries[index].lastUse = contents.uses
                ready = contents.entries[index].prepared.first { $0.range == range }?.value
                return (stretch, range)
            }
            return nil
        }
        guard let (stretch, range) = found else { return nil }
        let prepared: Prepared
        if let ready { prepared = ready } else { prepared = try prepare(range, of: stretch, key) }
        return (prepared, prepared.bars.series.index(atOrAfter: start))
    }

    /// Keeps a stretch that was just read; older revisions of the series go.
    func keep(_ stretch: Stretch, _ key: Key) {
        contents.withLock { contents in
            contents.entries.removeAll { entry in
                entry.key.symbolID == key.symbolID && entry.key.timeframe == key.timeframe
                    && (entry.key.revision < key.revision
                        || (entry.key == key && entry.stretch.from >= stretch.from && entry.stretch.to <= stretch.to))
            }
            contents.uses += 1
            contents.entries.append(Entry(key: key, stretch: stretch, lastUse: contents.uses))
            shrink(&contents)
        }
    }

    private func prepare(_ range: Range<Int>, of stretch: Stretch, _ key: Key) throws(BarError) -> Prepared {
        let isWhole = range.count == stretch.bars.count
        let prepared = try Prepared(isWhole ? stretch.bars : stretch.bars.slice(range))
        contents.withLock { contents in
            for index in contents.entries.indices
            where contents.entries[index].key == key && contents.entries[index].stretch.from == stretch.from
                && contents.entries[index].stretch.to == stretch.to
            {
                contents.entries[index].prepared.insert((range, prepared), at: 0)
                if contents.entries[index].prepared.count > Self.preparedPerEntry {
                    contents.entries[index].prepared.removeLast()
                }
            }
            shrink(&contents)
        }
        return prepared
    }

    private func shrink(_ contents: inout Contents) {
        contents.bytes = contents.entries.reduce(0) { $0 + $1.bytes }
        while contents.bytes > limit,
            let oldest = contents.entries.indices.min(by: {
                contents.entries[$0].lastUse < contents.entries[$1].lastUse
            })
        {
            contents.bytes -= contents.entries.remove(at: oldest).bytes
        }
        Meters.current.hasCached(
            bars: contents.entries.reduce(0) { $0 + $1.stretch.bars.count }, bytes: contents.bytes)
    }
}
