internal import JSON

/// The text behind percent escapes; nil for a broken escape, invalid UTF-8, a NUL, or text that is not stream-safe.
///
/// - Parameter plusIsSpace: as in a query, never in a path.
func percentDecoded(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String? {
    let percent = UInt8(ascii: "%")
    let plus = UInt8(ascii: "+")
    guard text.contains(where: { $0 == percent || $0 == 0 || (plusIsSpace && $0 == plus) }) else {
        return streamSafe(String(Substring(text)))  // nearly always
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text.makeIterator()
    while let byte = rest.next() {
        switch byte {
        case 0: return nil
        case plus where plusIsSpace: bytes.append(UInt8(ascii: " "))
        case percent:
            guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else { return nil }
            guard high << 4 | low != 0 else { return nil }
            bytes.append(high << 4 | low)
        default: bytes.append(byte)
        }
    }
    return String(validating: bytes, as: UTF8.self).flatMap(streamSafe)
}

private func streamSafe(_ text: String) -> String? { text.isStreamSafe ? text : nil }

private func hexDigit(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): letter - UInt8(ascii: "A") + 10
    default: nil
    }
}
