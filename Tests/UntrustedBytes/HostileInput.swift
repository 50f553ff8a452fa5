import Crypto

/// Bytes that cost a careless reader more than they should, in any size.
package struct HostileInput: Sendable {
    package let reader: UntrustedReader
    package let name: String
    private let make: @Sendable (_ size: Int) -> [UInt8]

    init(_ reader: UntrustedReader, _ name: String, _ make: @escaping @Sendable (_ size: Int) -> [UInt8]) {
        (self.reader, self.name, self.make) = (reader, name, make)
    }

    /// About `size` of them, and never more than the reader takes.
    package func bytes(_ size: Int) -> [UInt8] { make(min(size, reader.maximumBytes)) }

    package static let all = documents + requests + binary + prices + archives
}

/// `head`, then as many of `part` as there is room for, then `tail`.
func filled(_ size: Int, _ head: String = "", _ tail: String = "", part: (Int) -> String) -> [UInt8] {
    var bytes = Array(head.utf8)
    var number = 0
    while true {
        let next = part(number).utf8
        guard bytes.count + next.count + tail.utf8.count <= size else { break }
        bytes += next
        number += 1
    }
    return bytes + tail.utf8
}

private let csvHeader = "timestamp,open,high,low,close,volume\n"

/// Two accents of different places, so that they have to be put in order.
func accents(_ number: Int) -> String { number.isMultiple(of: 2) ? "\u{301}" : "\u{323}" }

extension HostileInput {
    private static let documents: [HostileInput] = [
        .init(.json, "surrogate pairs behind a long key") { size in
            let key = String(repeating: "é", count: size / 4)
            return filled(size, "{\"\(key)\":\"", "\"}") { _ in "\\ud83d\\ude00" }
        },
        .init(.json, "escapes of one letter") { filled($0, "[\"", "\"]") { _ in "\\n" } },
        .init(.json, "keys") { filled($0, "{\"\":0", "}") { ",\"k\($0)\":0" } },
        .init(.json, "long keys that differ at the end") { size in
            let key = String(repeating: "k", count: max(1, size / 20))
            return filled(size, "{\"\":0", "}") { ",\"\(key)\($0)\":0" }
        },
        .init(.json, "a key of accents") { filled($0, "{\"n", "\":0}", part: accents) },
        .init(.json, "keys of thirty accents") { size in
            let run = (0..<30).map(accents).joined()
            return filled(size, "{\"n\":0", "}") { ",\"n\($0)\(run)\":\"n\(run)\"" }
        },
        .init(.json, "a key of many short runs of accents") { size in
            let run = (0..<30).map(accents).joined()
            return filled(size, "{\"", "\":0}") { _ in "n" + run }
        },
        .init(.json, "Tibetan vowels that hide two accents each") { filled($0, "{\"n", "\":0}") { _ in "\u{F73}" } },
        .init(.json, "half a flag for a key") { filled($0, "{\"", "\":0}") { _ in "\u{1F1E6}" } },
        .init(.json, "a duplicate at the very end") { filled($0, "{\"a\":0", ",\"a\":0}") { ",\"k\($0)\":0" } },
        .init(.json, "digits") { filled($0, "[", "]") { _ in "9" } },
        .init(.json, "empty objects") { filled($0, "[{}", "]") { _ in ",{}" } },
        .init(.json, "nested as deep as it may be") { size in
            let nest = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
            return filled(size, "[0", "]") { _ in "," + nest }
        },
        .init(.json, "line ends before a fault") { filled($0, "[", "!") { _ in "\n" } },
        .init(.definition, "indicators that are wrong all over") {
            filled($0, "{\"indicators\":[0", "]}") { _ in ",{\"params\":1}" }
        },
        .init(.definition, "one id for all") {
            filled($0, "{\"indicators\":[0", "]}") { _ in ",{\"id\":\"a\"}" }
        },
        .init(.definition, "conditions without end") {
            filled($0, "{\"indicators\":[],\"entry\":{\"logic\":\"AND\",\"conditions\":[0", "]}}") { _ in
                ",{\"left\":{\"indicator\":\"x\"}}"
            }
        },
        .init(.definition, "keys that nobody knows") { filled($0, "{\"\":0", "}") { ",\"k\($0)\":0" } },
        .init(.definition, "operands of many kinds") { size in
            filled(size, "{\"indicators\":[],\"entry\":{\"logic\":\"AND\",\"conditions\":[{\"left\":{\"\":0", "}}]}}") {
                ",\"k\($0)\":0"
            }
        },
        .init(.passkey, "members of a credential") {
            filled($0, "{\"type\":\"public-key\",\"rawId\":\"AA\",\"id\":\"AA\",\"response\":{\"\":0", "}}") {
                ",\"k\($0)\":0"
            }
        },
        .init(.passkey, "a long attestation object") {
            filled(
                $0, "{\"type\":\"public-key\",\"rawId\":\"AA\",\"id\":\"AA\",\"response\":{\"attestationObject\":\"",
                "\"}}"
            ) {
                _ in "goGA"
            }
        },
        .init(.jwt, "dots") { filled($0) { _ in "." } },
        .init(.jwt, "claims") { size in
            let claims = filled(size * 3 / 4 - 64, "{\"\":0", "}") { ",\"k\($0)\":0" }
            return Array("e30.\(base64URL(claims)).AA".utf8)
        },
        .init(.base64url, "letters") { filled($0) { _ in "_" } },
        .init(.csv, "line ends") { filled($0, csvHeader) { _ in "\n" } },
        .init(.csv, "commas") { filled($0, csvHeader) { _ in "," } },
        .init(.csv, "a number without end") {
            filled($0, csvHeader + "2024-01-01T00:00:00Z,") { _ in "1" }
        },
        .init(.csv, "the same bar again and again") {
            filled($0, csvHeader) { _ in "2024-01-01T00:00:00Z,1,1,1,1,1\n" }
        },
        .init(.csv, "times in no order") {
            filled($0, csvHeader) { number in
                "\((number * 7919 % 10007) * 3600 + 1_600_000_000 / 3600 * 3600),1,1,1,1,1\n"
            }
        },
        .init(.csv, "times that stand apart, each alone") {
            filled($0, csvHeader) { number in
                "\((number.isMultiple(of: 5) ? 20_000 - number : number) * 3600 + 360_000),1,1,1,1,1\n"
            }
        },
        .init(.csv, "as many steps as lines") {
            filled($0, csvHeader) { number in "\(number * number * 60 + 36_000_000),1,1,1,1,1\n" }
        },
        .init(.csv, "a symbol a line") {
            filled($0, "symbol,timestamp,open,high,low,close\n") { number in "S\(number),2024-01-01,1,1,1,1\n" }
        },
        .init(.csv, "names of columns") { filled($0, "date,open,high,low,close") { number in ",S\(number).close" } },
        .init(.csv, "columns of many symbols") { filled($0, "date") { number in ",S\(number).close" } },
        .init(.csv, "quotes") { filled($0, csvHeader) { _ in "\"" } },
        .init(.csv, "thousands without end") { filled($0, csvHeader + "2024-01-01,") { _ in "'000" } },
        .init(.csv, "letters, signs and control bytes without a line end") {
            filled($0) { number in "PK\u{3}\u{14}_\u{1}MACOSX/\u{8}" + (number.isMultiple(of: 9) ? "," : "") }
        },
        .init(.csv, "title lines") { filled($0) { _ in "no prices here\n" } },
        .init(.csv, "brackets") { filled($0) { _ in "[" } },
        .init(.csv, "records in records that end at once") { filled($0, "[", "]") { _ in "[[1],[1]]," } },
        .init(.csv, "members before a bracket") { size in
            filled(size, "[{", "}]") { number in "\"k\(number)\":[1]," }
        },
        .init(.csv, "candles") {
            filled($0, "[[0,1,1,1,1,1]", "]") { number in ",[\(number * 3600 + 3600),1,1,1,1,1]" }
        },
        .init(.csv, "digits of float noise") {
            filled($0, csvHeader) { number in
                let hour = 10 + number % 10, day = 10 + number / 10 % 18, month = 10 + number / 180 % 3
                let price = "27.439999999999998"
                return "\(1600 + number / 540)-\(month)-\(day)T\(hour):00:00Z,\(price),\(price),\(price),\(price),1\n"
            }
        },
    ]

    private static let requests: [HostileInput] = [
        .init(.query, "names without a value") { filled($0, "q") { _ in "&q" } },
        .init(.query, "names") { filled($0) { "&k\($0)=" } },
        .init(.query, "escapes") { filled($0, "q=") { _ in "%41" } },
        .init(.query, "plus signs") { filled($0, "q=") { _ in "+" } },
        .init(.query, "ampersands") { filled($0) { _ in "&" } },
        .init(.query, "accents") { filled($0, "l", part: accents) },
        .init(.query, "accents in escapes") { filled($0, "l=1") { $0.isMultiple(of: 2) ? "%CC%81" : "%CC%A3" } },
        .init(.path, "segments") { filled($0, "a") { _ in "/a" } },
        .init(.path, "slashes") { filled($0) { _ in "/" } },
        .init(.path, "escapes") { filled($0, "api/strategies/") { _ in "%C3%A9" } },
        .init(.path, "accents") { filled($0, "a", part: accents) },
        .init(.cookies, "cookies") { filled($0) { "k\($0)=v; " } },
        .init(.cookies, "semicolons") { filled($0) { _ in ";" } },
        .init(.cookies, "spaces") { filled($0) { _ in " " } },
        .init(.cookies, "almost the name") { filled($0) { _ in "__Host-sessio=;" } },
        .init(.fields, "accents") { filled($0, "a", part: accents) },
        .init(.fields, "half a flag") { filled($0) { _ in "\u{1F1E6}" } },
        .init(.fields, "parameters") { filled($0, "application/json") { _ in "; a=b" } },
        .init(.fastcgi, "parameters of one letter") { size in
            let count = min(size, 40_000) / 4
            let pairs = (0..<count).flatMap { _ in [1, 1, UInt8(ascii: "A"), UInt8(ascii: "b")] }
            return pairs.chunks(of: 30_000).reduce(FastCGIRequest.record(1, [0, 1, 0, 0, 0, 0, 0, 0])) {
                $0 + FastCGIRequest.record(4, $1)
            } + FastCGIRequest.record(4, [])
        },
        .init(.fastcgi, "records of one byte") { size in
            let head = FastCGIRequest.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
            return (0..<min(size, 60_000) / 9).reduce(into: head) { bytes, _ in bytes += FastCGIRequest.record(4, [1]) }
        },
        .init(.fastcgi, "a pair over many records") { size in
            var bytes = FastCGIRequest.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
            bytes += FastCGIRequest.record(4, [1, 0x80, 0, 0xBF, 0])
            while bytes.count < min(size, 60_000) {
                bytes += FastCGIRequest.record(4, [UInt8](repeating: 65, count: 4))
            }
            return bytes
        },
        .init(.fastcgi, "header fields") { size in
            let fields = (0..<min(size, 44_000) / 16).map { ("HTTP_K\($0)", Array("v".utf8)) }
            return FastCGIRequest(Dictionary(uniqueKeysWithValues: fields)).bytes
        },
        .init(.fastcgi, "a body in records of one byte") { size in
            let count = size / 9
            let request = FastCGIRequest(["CONTENT_LENGTH": Array(String(count).utf8)]).bytes.dropLast(8)
            return (0..<count).reduce(into: Array(request)) { bytes, _ in bytes += FastCGIRequest.record(5, [65]) }
        },
    ]

    private static let binary: [HostileInput] = [
        .init(.cbor, "maps in maps, their keys out of order") { size in
            // Whoever reads a map again to find its keys does so at each level: 2, 4, 8 ... 128 times.
            func map(_ depth: Int) -> [UInt8] {
                let count = size - 64
                let inner =
                    depth == 0 ? [0x99] + bigEndian(count) + [UInt8](repeating: 0, count: count) : map(depth - 1)
                return [0xA2, 0x01] + inner + [0x00, 0x00]
            }
            return map(6)
        },
        .init(.cbor, "an array of zeros") { [0x99] + bigEndian($0 - 3) + [UInt8](repeating: 0, count: $0 - 3) },
        .init(.cbor, "a map out of order") { size in
            let count = (size - 3) / 4
            return [0xB9] + bigEndian(count) + (0..<count).flatMap { [0x19] + bigEndian(0xFFFF - $0) + [0x00] }
        },
        .init(.cbor, "a text of accents") { size in
            let text = filled(size - 3, "n", part: accents)
            return [0xA1, 0x79] + bigEndian(text.count) + text + [0x00]
        },
        .init(.cbor, "arrays that promise more than there is") { size in
            (0..<size).map { $0 % 3 == 0 ? 0x99 : 0x01 }
        },
        .init(.der, "empty sequences") { size in (0..<size / 2).flatMap { _ in [0x30, 0x00] } },
        .init(.der, "sequences in sequences") { size in
            var bytes = [UInt8](repeating: 0x05, count: 0)
            for _ in 0..<(size - 40) / 2 { bytes += [0x05, 0x00] }
            for _ in 0..<7 { bytes = [0x30, 0x82] + bigEndian(bytes.count) + bytes }
            return bytes
        },
        .init(.der, "long tags") { size in (0..<size / 4).flatMap { _ in [0x1F, 0x81, 0x01, 0x00] } },
    ]
}

private func bigEndian(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 255), UInt8(number & 255)] }

extension Array {
    fileprivate func chunks(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}
