/// One element of DER (X.690), as far as certificate extensions need it: its content is not looked at.
package struct DERElement: Equatable {
    package enum Class: UInt8 {
        case universal, application, contextSpecific, privateUse
    }
    let tagClass: Class
    let isConstructed: Bool
    let number: UInt32
    let content: ArraySlice<UInt8>

    func isUniversal(_ tag: UniversalTag) -> Bool {
        tagClass == .universal && number == tag.rawValue
            && isConstructed == (tag == .sequence || tag == .set)
    }

    /// The elements inside; nil when this is no container or they are not DER.
    package var elements: [DERElement]? { isConstructed ? DERElement.all(in: content) : nil }

    /// A non-negative number of at most 7 bytes; nil for other elements.
    var integer: Int? {
        guard isUniversal(.integer) || isUniversal(.enumerated), 1...8 ~= content.count,
            let first = content.first, first & 0x80 == 0,
            content.count == 1 || first != 0 || content[content.startIndex + 1] & 0x80 != 0
        else { return nil }
        return content.reduce(0) { $0 << 8 | Int($1) }
    }

    var octets: ArraySlice<UInt8>? { isUniversal(.octetString) ? content : nil }
}

enum UniversalTag: UInt32 {
    case integer = 2
    case octetString = 4
    case objectID = 6
    case enumerated = 10
    case sequence = 16
    case set = 17
}

extension DERElement {
    /// The one element that `bytes` are, to the last byte.
    static func only(in bytes: [UInt8]) -> DERElement? {
        guard let elements = all(in: bytes[...]), elements.count == 1 else { return nil }
        return elements[0]
    }

    /// The elements that follow each other in `bytes`, to the last byte; nil when the bytes are not DER.
    package static func all(in bytes: ArraySlice<UInt8>) -> [DERElement]? {
        var rest = bytes
        var elements: [DERElement] = []
        while !rest.isEmpty {
            guard let element = take(from: &rest) else { return nil }
            elements.append(element)
        }
        return elements
    }

    private static func take(from rest: inout ArraySlice<UInt8>) -> DERElement? {
        guard let head = rest.popFirst(), let tagClass = Class(rawValue: head >> 6) else { return nil }
        var number = UInt32(head & 31)
        if number == 31 {
            guard let long = takeLongTag(from: &rest) else { return nil }
            number = long
        }
        guard let length = takeLength(from: &rest), length <= rest.count else { return nil }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return DERElement(tagClass: tagClass, isConstructed: head & 0x20 != 0, number: number, content: content)
    }

    /// A tag number of 31 or more: seven bits a byte, at most three bytes.
    private static func takeLongTag(from rest: inout ArraySlice<UInt8>) -> UInt32? {
        var number: UInt32 = 0
        for position in 0..<3 {
            guard let byte = rest.popFirst(), position > 0 || byte != 0x80 else { return nil }
            number = number << 7 | UInt32(byte & 0x7F)
            if byte & 0x80 == 0 { return number >= 31 ? number : nil }
        }
        return nil
    }

    /// Definite and shortest.
    private static func takeLength(from rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst() else { return nil }
        if first < 0x80 { return Int(first) }
        let width = Int(first & 0x7F)
        guard 1...3 ~= width, rest.count >= width, rest.first != 0 else { return nil }
        let length = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(width)
        return length >= 0x80 ? length : nil
    }
}
