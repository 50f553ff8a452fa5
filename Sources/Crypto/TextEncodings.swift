/// Two lower-case hexadecimal digits for each byte.
public func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes of hexadecimal text in either case; nil for anything else.
public func bytes(hex text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = hexDigit(digits[index]), let low = hexDigit(digits[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}

/// Base64 with the URL alphabet and without padding (RFC 4648 section 5).
public func base64URL(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
        pending = pending << 8 | UInt32(byte)
        bits += 8
        while bits >= 6 {
            bits -= 6
            text.append(base64Alphabet[Int(pending >> UInt32(bits) & 63)])
        }
    }
    if bits > 0 { text.append(base64Alphabet[Int(pending << UInt32(6 - bits) & 63)]) }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes of unpadded base64url text; nil for anything else, also for padding, white space, the `+/` alphabet and
/// left-over bits that are not zero: every value has exactly one text.
public func bytes(base64URL text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { letters in
        let rest = letters.count & 3
        guard rest != 1 else { return nil }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: letters.count / 4 * 3 + 2) { buffer, count in
            base64Digits.withUnsafeBufferPointer { digits in
                // A letter that is no digit sets the high bit of `seen`.
                var seen: UInt8 = 0
                func digit(_ index: Int) -> UInt32 {
                    let digit = digits[Int(letters[index])]
                    seen |= digit
                    return UInt32(digit)
                }
                var index = 0
                while index + 3 < letters.count {
                    let group = digit(index) << 18 | digit(index + 1) << 12 | digit(index + 2) << 6 | digit(index + 3)
                    buffer[count] = UInt8(truncatingIfNeeded: group >> 16)
                    buffer[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                    buffer[count + 2] = UInt8(truncatingIfNeeded: group)
                    count += 3
                    index += 4
                }
                if rest == 2 {
                    let group = digit(index) << 6 | digit(index + 1)
                    buffer[count] = UInt8(truncatingIfNeeded: group >> 4)
                    count += 1
                    isValid = group & 15 == 0
                } else if rest == 3 {
                    let group = digit(index) << 12 | digit(index + 1) << 6 | digit(index + 2)
                    buffer[count] = UInt8(truncatingIfNeeded: group >> 10)
                    buffer[count + 1] = UInt8(truncatingIfNeeded: group >> 2)
                    count += 2
                    isValid = group & 3 == 0
                }
                isValid = isValid && seen & 0x80 == 0
            }
        }
        return isValid ? bytes : nil
    }
}

private let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

/// The value of every byte as a digit; 128 for those that are none.
private let base64Digits: [UInt8] = {
    var digits = [UInt8](repeating: 0x80, count: 256)
    for (value, letter) in base64Alphabet.enumerated() { digits[Int(letter)] = UInt8(value) }
    return digits
}()

private func hexDigit(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): letter - UInt8(ascii: "A") + 10
    default: nil
    }
}
