/// What is wrong with a time, in the words of messages.
extension Layout {
    func tooFew(_ cells: Int) -> String { "\(columns) columns are needed, this line has \(cells)" }

    /// Why a row is no bar; nil for those that say nothing of a file.
    func reason(of row: RowKind, _ cells: Int) -> String? {
        switch row {
        case .short: tooFew(cells)
        case .nothing: "the prices are empty"
        case .bar, .other, .names: nil
        }
    }

    /// Of a row whose time cannot be read.
    func timeFault(_ bytes: [UInt8], _ cells: [Range<Int>]) -> String {
        var text = Array(bytes[cells[time]])
        if let timeOfDay, !cells[timeOfDay].isEmpty { text += [0x20] + bytes[cells[timeOfDay]] }
        return "timestamp \(quoted(text)) \(TimeText.reason(text))"
    }
}

extension TimeText {
    /// Why this is none.
    fileprivate static func reason(_ text: [UInt8]) -> String {
        func isTime(_ text: [UInt8]) -> Bool { TimeText(text, text.indices) != nil }
        if isTimeAlone(text, text.indices) { return "is a time without a date" }
        let zone = text.suffix(while: { 65...90 ~= $0 & 0xDF || "/_[]".utf8.contains($0) })
        let before = text.dropLast(zone.count).suffix(while: { $0 == 0x20 })
        let rest = Array(text.dropLast(zone.count + before.count))
        if zone.count > 1, zone.count < text.count, isTime(rest) {
            let hasOffset = TimeText(rest, rest.indices)?.offset != nil
            return "ends in a zone's name that is not known here: leave \(quoted(zone)) out"
                + (hasOffset ? "" : " and say --zone")
        }
        if let hour = text.indices.first(where: { text[$0...].starts(with: "24:".utf8) }) {
            var midnight = text
            midnight.replaceSubrange(hour..<hour + 2, with: "00".utf8)
            if isTime(midnight) { return "is of an hour 24: the end of a day is 00:00 of the next one" }
        }
        if NumberText(text, text.indices, .point) != nil {
            return "is a number with a fraction or an exponent: a count since 1970 has all of its digits and no others"
        }
        return "is no date or time"
    }
}

extension BidirectionalCollection {
    /// The last elements, as far as all of them are so.
    fileprivate func suffix(while isSo: (Element) -> Bool) -> SubSequence {
        self[(lastIndex { !isSo($0) }.map { index(after: $0) } ?? startIndex)...]
    }
}
