import JSON
import Market

/// How single values are taken out of a document; each notes what it refuses and gives nil.
extension DefinitionReader {
    mutating func note(_ path: String, _ code: DefinitionError.Code, _ message: String) {
        errors.add(DefinitionError(path: path, code: code, message: message))
    }

    /// Hands every known member to `body`, in document order; notes unknown and then missing ones.
    mutating func members(
        of value: Value, at path: String, required: [String], optional: [String] = [],
        _ body: (inout DefinitionReader, _ key: String, _ value: Value, _ path: String) -> Void
    ) {
        guard let object = value.objectValue else {
            note(path, .wrongType, "must be an object, not \(value.kind)")
            return
        }
        let known = required + optional
        let prefix = path.isEmpty ? "" : path + "."
        for (name, value) in object.members {
            let path = prefix + name.shortened
            if known.contains(name) {
                body(&self, name, value, path)
            } else {
                note(
                    path, .unknownKey, "\(Self.quoted(name)) is not known here; known: \(known.joined(separator: ", "))"
                )
            }
        }
        for name in required where object[name] == nil { note(prefix + name, .missingKey, "\(name) is missing") }
    }

    /// Every element in order; nil when any is wrong or there are too few or too many.
    mutating func elements<Element>(
        of value: Value, at path: String, count: ClosedRange<Int>,
        _ read: (inout DefinitionReader, _ value: Value, _ path: String) -> Element?
    ) -> [Element]? {
        guard let values = value.arrayValue else {
            note(path, .wrongType, "must be a list, not \(value.kind)")
            return nil
        }
        let elements = values.enumerated().compactMap { read(&self, $1, "\(path)[\($0)]") }
        guard count.contains(values.count) else {
            note(
                path, .outOfRange,
                "has \(counted(values.count, "entry")); \(count.lowerBound) to \(count.upperBound) are allowed"
            )
            return nil
        }
        return elements.count == values.count ? elements : nil
    }

    mutating func string(_ value: Value, at path: String) -> String? {
        guard let text = value.stringValue else {
            note(path, .wrongType, "must be a text, not \(value.kind)")
            return nil
        }
        return text
    }

    /// One of a few words.
    mutating func word<Word>(
        _ value: Value, at path: String, _ word: (String) -> Word?, _ words: [String], _ code: DefinitionError.Code
    ) -> Word? {
        guard let text = string(value, at: path) else { return nil }
        guard let found = word(text) else {
            note(path, code, "\(Self.quoted(text)) is none of: \(words.joined(separator: ", "))")
            return nil
        }
        return found
    }

    /// A number written as an integer; without bounds it is only known to be one.
    mutating func wholeNumber(_ value: Value, at path: String, in bounds: ClosedRange<Int>?) -> Int? {
        guard let number = value.numberValue else {
            note(path, .wrongType, "must be a whole number, not \(value.kind)")
            return nil
        }
        guard !number.text.utf8.contains(where: { $0 == 0x2e || $0 | 0x20 == 0x65 }) else {
            note(path, .wrongType, "must be a whole number, written without a point or an exponent")
            return nil
        }
        guard let bounds else { return number.int }
        guard let whole = number.int, bounds.contains(whole) else {
            note(path, .outOfRange, "must be \(bounds.lowerBound) to \(bounds.upperBound)")
            return nil
        }
        return whole
    }

    /// Minus zero is read as zero: no comparison tells them apart, so no hash may.
    mutating func finiteNumber(_ value: Value, at path: String) -> Double? {
        guard let number = value.numberValue else {
            note(path, .wrongType, "must be a number, not \(value.kind)")
            return nil
        }
        guard let double = number.double else {
            note(path, .outOfRange, "is too large for a number")
            return nil
        }
        return double == 0 ? 0 : double
    }

    static func quoted(_ text: String) -> String { "\"\(text.shortened)\"" }
}
