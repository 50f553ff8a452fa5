import Foundation
import SeededNumbers
import UntrustedBytes

/// What a fuzzer has found or began with, and what chance makes of it: the same each time.
enum Corpus {
    private static let changes = 300

    /// Reads each file of the folders that are called like readers, and changed forms of it. Says each file's name before: the
    /// last one is what ended the process.
    ///
    /// - Returns: how many inputs were read; nil where a folder is no reader's or has nothing.
    static func read(_ folder: String) throws -> Int? {
        var count = 0
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for name in names {
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted()
            guard let reader = UntrustedReader(rawValue: name), !files.isEmpty else { return nil }
            for file in files {
                print("\(name)/\(file)")
                let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(name)/\(file)")))
                var numbers = SplitMix(seed: UInt64(count))
                for number in 0...changes {
                    let input = number == 0 ? bytes : changed(bytes, &numbers)
                    reader.read(input)
                    reader.check(input)
                    count += 1
                }
            }
        }
        return names.isEmpty ? nil : count
    }

    /// A few bytes replaced, taken out, said twice or cut off.
    private static func changed(_ bytes: [UInt8], _ numbers: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<numbers.next(in: 1...4) where !bytes.isEmpty {
            let place = numbers.next(in: 0...bytes.count - 1)
            let end = min(bytes.count, place + numbers.next(in: 1...16))
            switch numbers.next(in: 0...4) {
            case 0: bytes[place] ^= 1 << UInt8(numbers.next(in: 0...7))
            case 1: bytes[place] = [0, 0x22, 0x2C, 0x30, 0x39, 0x5C, 0x7B, 0x7F, 0x80, 0xFF][numbers.next(in: 0...9)]
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.removeLast(numbers.next(in: 1...min(8, bytes.count)))
            }
        }
        return bytes
    }
}
