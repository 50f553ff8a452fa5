import Glibc
import System

/// What this process has mapped of the files it is made of.
public enum ProgramPages {
    /// Lets go of code and constants until they are needed again.
    ///
    /// A responder is one of many and idle most of its life, libpq alone brings two dozen libraries whose set-up runs once,
    /// and one description of the API touches nearly all of the program. What is needed again is mapped again from the page
    /// cache, so nothing is lost but a fault. Only read-only mappings of files are touched, and of those only the ones in
    /// which nothing was ever written (`Anonymous: 0`): relocated constants are read-only too, but exist nowhere else.
    public static func release() {
        guard let map = try? File.text(of: "/proc/self/smaps", maximumBytes: 16 << 20) else { return }
        var clean: (start: UInt, end: UInt)?
        for line in map.split(separator: "\n") {
            // A mapping begins with its address, and is followed by a score of lines that begin with a name.
            if line.utf8.first.map({ UInt8(ascii: "B")...UInt8(ascii: "Z") ~= $0 }) == true { continue }
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
}
