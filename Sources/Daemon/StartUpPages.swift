import Glibc

/// What this process has mapped of the files it is made of.
public enum StartUpPages {
    /// Lets go of the code and constants that were only needed to start.
    ///
    /// A responder is one of many and idle most of its life, and libpq alone brings two dozen libraries whose set-up
    /// runs once. What is needed again is mapped again from the page cache, so nothing is lost but a fault. Only
    /// read-only mappings of files are touched, and of those only the ones in which nothing was ever written
    /// (`Anonymous: 0`): relocated constants are read-only too, but exist nowhere else.
    public static func release() {
        guard let map = contents(of: "/proc/self/smaps") else { return }
        var clean: (start: UInt, end: UInt)?
        for line in map.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if let range = range(words) {
                clean = range.isReadOnlyFile ? (range.start, range.end) : nil
            } else if words.first == "Anonymous:", words.count > 1, words[1] == "0", let clean {
                guard let start = UnsafeMutableRawPointer(bitPattern: clean.start) else { continue }
                _ = madvise(start, Int(clean.end - clean.start), MADV_DONTNEED)
            }
        }
    }

    /// The first line of a mapping: `start-end permissions offset device inode path`; nil for the lines below it.
    private static func range(_ words: [Substring]) -> (start: UInt, end: UInt, isReadOnlyFile: Bool)? {
        guard words.count >= 5, words[1].count == 4 else { return nil }
        let ends = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
        guard ends.count == 2 else { return nil }
        let isReadOnly = words[1] == "r-xp" || words[1] == "r--p"
        return (ends[0], ends[1], isReadOnly && words.count >= 6 && words[5].hasPrefix("/"))
    }

    private static func contents(of path: String) -> String? {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = Descriptor(owning: raw)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(file.raw, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
