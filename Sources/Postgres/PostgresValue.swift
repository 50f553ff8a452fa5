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
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(Self.hexDigit(byte >> 4))
            text.append(Self.hexDigit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
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
        var text: [UInt8] = []
        switch field.load(UInt16.self, 4) {
        case positive: break
        case negative: text.append(UInt8(ascii: "-"))
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        default: return nil
        }
        func group(_ index: Int) -> Int {
            index >= 0 && index < groups ? Int(field.load(UInt16.self, 8 + 2 * index)) : 0
        }
        func digit(_ place: Int, of group: Int) -> UInt8 { UInt8(ascii: "0") + UInt8(group / powers[place] % 10) }
        let sign = text.count
        if weight >= 0 {
            for index in 0...weight {
                let group = group(index)
                for place in 0..<4 where text.count > sign || group >= powers[place] {
                    text.append(digit(place, of: group))
                }
            }
        }
        if text.count == sign { text.append(UInt8(ascii: "0")) }
        guard scale > 0 else { return String(decoding: text, as: UTF8.self) }
        text.append(UInt8(ascii: "."))
        for index in 0..<scale { text.append(digit(index % 4, of: group(weight + 1 + index / 4))) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What the digits of a group stand for.
    private static let powers = [1_000, 100, 10, 1]
}
