internal import CPostgres

/// The types we read, by the numbers that every server of every version gives them.
struct ServerType: Equatable {
    let rawValue: UInt32

    static let bool = ServerType(rawValue: 16)
    static let bytea = ServerType(rawValue: 17)
    static let name = ServerType(rawValue: 19)
    static let int8 = ServerType(rawValue: 20)
    static let int2 = ServerType(rawValue: 21)
    static let int4 = ServerType(rawValue: 23)
    static let text = ServerType(rawValue: 25)
    static let oid = ServerType(rawValue: 26)
    static let json = ServerType(rawValue: 114)
    static let float4 = ServerType(rawValue: 700)
    static let float8 = ServerType(rawValue: 701)
    static let unknown = ServerType(rawValue: 705)
    static let bpchar = ServerType(rawValue: 1042)
    static let varchar = ServerType(rawValue: 1043)
    static let date = ServerType(rawValue: 1082)
    static let timestamptz = ServerType(rawValue: 1184)
    static let numeric = ServerType(rawValue: 1700)
    static let uuid = ServerType(rawValue: 2950)
    static let jsonb = ServerType(rawValue: 3802)
}

/// One field's bytes in the server's binary form (all numbers big-endian). Each reader gives nil for another type.
struct Field {
    let bytes: UnsafeRawBufferPointer

    func integer(_ type: ServerType) -> Int? {
        switch (type, bytes.count) {
        case (.int8, 8): Int(load(Int64.self, 0))
        case (.int4, 4): Int(load(Int32.self, 0))
        case (.int2, 2): Int(load(Int16.self, 0))
        case (.oid, 4): Int(load(UInt32.self, 0))
        default: nil
        }
    }

    func double(_ type: ServerType) -> Double? {
        switch (type, bytes.count) {
        case (.float8, 8): Double(bitPattern: load(UInt64.self, 0))
        case (.float4, 4): Double(Float(bitPattern: load(UInt32.self, 0)))
        default: nil
        }
    }

    func bool(_ type: ServerType) -> Bool? { type == .bool && bytes.count == 1 ? bytes[0] != 0 : nil }

    func octets(_ type: ServerType) -> [UInt8]? {
        switch type {
        case .bytea, .text, .varchar, .bpchar, .name, .unknown, .json: Array(bytes)
        case .jsonb: Array(bytes.dropFirst())  // the version of the form
        default: nil
        }
    }

    func text(_ type: ServerType) -> String? {
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .unknown: String(decoding: bytes, as: UTF8.self)
        case .jsonb: String(decoding: bytes.dropFirst(), as: UTF8.self)
        case .uuid where bytes.count == 16: uuid
        case .numeric: Numeric.text(self)
        default: nil
        }
    }

    func microseconds(_ type: ServerType) -> Int64? {
        guard type == .timestamptz, bytes.count == 8 else { return nil }
        return CivilTime.unixMicroseconds(load(Int64.self, 0))
    }

    func day(_ type: ServerType) -> Int32? {
        guard type == .date, bytes.count == 4 else { return nil }
        return CivilTime.unixDays(load(Int32.self, 0))
    }

    func load<Number: FixedWidthInteger>(_ type: Number.Type, _ offset: Int) -> Number {
        Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    private var uuid: String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}

/// `numeric` in binary form: groups of four decimal digits, the place of the first, the sign, and how many decimals
/// are shown.
enum Numeric {
    private static let positive: UInt16 = 0x0000
    private static let negative: UInt16 = 0x4000

    /// Exact decimal text with all stored decimals ("100.00"), "NaN", "Infinity" or "-Infinity".
    static func text(_ field: Field) -> String? {
        guard field.bytes.count >= 8 else { return nil }
        let groups = Int(field.load(UInt16.self, 0))
        let weight = Int(field.load(Int16.self, 2))
        let scale = Int(field.load(UInt16.self, 6))
        guard field.bytes.count == 8 + 2 * groups,
            (0..<groups).allSatisfy({ field.load(UInt16.self, 8 + 2 * $0) < 10_000 })
        else { return nil }
        let sign: String
        switch field.load(UInt16.self, 4) {
        case positive: sign = ""
        case negative: sign = "-"
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        default: return nil
        }
        func group(_ index: Int) -> String {
            let value = index >= 0 && index < groups ? Int(field.load(UInt16.self, 8 + 2 * index)) : 0
            let digits = String(value)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        var whole = ""
        if weight >= 0 { for index in 0...weight { whole += group(index) } }
        let leading = whole.prefix { $0 == "0" }.count
        whole = leading == whole.count ? "0" : String(whole.dropFirst(leading))
        guard scale > 0 else { return sign + whole }
        var fraction = ""
        var index = weight + 1
        while fraction.count < scale {
            fraction += group(index)
            index += 1
        }
        return sign + whole + "." + fraction.prefix(scale)
    }

    /// The binary form of decimal text like "-12.50"; nil when it is anything else, or too long to be a value of ours.
    static func bytes(_ text: String) -> [UInt8]? {
        var digits = Substring(text).utf8
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard digits.count <= 1000, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { 48...57 ~= $0 } }) else {
            return nil
        }
        let whole = Array(parts[0])
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        let zero = UInt8(ascii: "0")
        let front = [UInt8](repeating: zero, count: (4 - whole.count % 4) % 4) + whole
        let back = fraction + [UInt8](repeating: zero, count: (4 - fraction.count % 4) % 4)
        var groups: [UInt16] = []
        for start in stride(from: 0, to: front.count + back.count, by: 4) {
            groups.append(
                (start..<start + 4).reduce(0) { value, index in
                    value * 10 + UInt16((index < front.count ? front[index] : back[index - front.count]) - zero)
                })
        }
        var weight = front.count / 4 - 1
        while groups.first == 0 {
            groups.removeFirst()
            weight -= 1
        }
        while groups.last == 0 { groups.removeLast() }
        if groups.isEmpty { weight = 0 }
        let sign = isNegative && !groups.isEmpty ? negative : positive
        let header = [UInt16(groups.count), UInt16(bitPattern: Int16(weight)), sign, UInt16(fraction.count)]
        return (header + groups).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
}
