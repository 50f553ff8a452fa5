import JSON
import Market

extension ProviderAnswer {
    /// What a status other than 200 means where a vendor means nothing of its own by it; nil for 200.
    func refusal(of symbol: String) -> ProviderError? {
        switch status {
        case 200: nil
        case 300..<400: .upstream("the provider points elsewhere (HTTP \(status)), which is not followed")
        case 401: .unauthorized
        case 403, 451: .forbidden
        case 404: .notFound(symbol: symbol)
        case 418, 429: .rateLimited(retryAfterSeconds: retryAfterSeconds)
        case 400..<500: .badRequest("the provider does not take the request (HTTP \(status))")
        case 500..<600: .unwell(status: status)
        default: .upstream("the provider answered with HTTP \(status)")
        }
    }

    /// The document that the body is.
    ///
    /// - Parameter maximumBytes: what no honest answer reaches.
    func document(maximumBytes: Int) throws(ProviderError) -> Value {
        do {
            return try parse(body, limits: ParseLimits(maxBytes: maximumBytes, maxDepth: 8))
        } catch {
            guard error.code != .tooLarge else { throw .upstream("the answer is larger than an answer may be") }
            let isMarkup = body.first { $0 > 0x20 } == UInt8(ascii: "<")
            throw .upstream(
                isMarkup
                    ? "the answer is a page for people and no prices"
                    : "the answer is no JSON: \(error.message), after \(error.offset) bytes")
        }
    }
}

/// One row of an answer, and what is in it.
struct AnswerRow {
    /// From 1.
    let number: Int
    let value: Value

    /// All rows of a list.
    static func all(in values: [Value]) -> some Sequence<AnswerRow> {
        values.lazy.enumerated().map { AnswerRow(number: $0 + 1, value: $1) }
    }

    var error: ProviderError { .upstream("row \(number) of the answer is no bar") }

    func cells(minimum count: Int) throws(ProviderError) -> [Value] {
        guard let cells = value.arrayValue, cells.count >= count else { throw error }
        return cells
    }

    func members() throws(ProviderError) -> Object {
        guard let members = value.objectValue else { throw error }
        return members
    }

    /// The double nearest to a decimal that is written as a number or, as some vendors do, as a text. What stands for no
    /// number, and what no double can hold, is none: an error of this bar, and not of the answer.
    func decimal(_ value: Value?) throws(ProviderError) -> Double {
        let number: Double? =
            switch value {
            case .number(let number): number.double ?? .nan
            case .string(let text): Self.double(text)
            case .null: .nan
            default: nil
            }
        guard let number else { throw error }
        return number
    }

    /// A time in units of so many microseconds.
    func time(_ value: Value?, unit: Int64) throws(ProviderError) -> Int64 {
        guard let count = value?.numberValue?.int else { throw error }
        let (time, isOver) = Int64(count).multipliedReportingOverflow(by: unit)
        guard !isOver else { throw error }
        return time
    }

    /// A moment as text.
    func instant(_ value: Value?) throws(ProviderError) -> Instant {
        guard let instant = value?.stringValue.flatMap({ Instant($0) }) else { throw error }
        return instant
    }

    /// Nil for what is no decimal, words and hexadecimal digits that Swift would take among it.
    private static func double(_ text: String) -> Double? {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "e"): true
            default: false
            }
        }
        guard isPlain, (1...64).contains(text.utf8.count), let value = Double(text) else { return nil }
        return value
    }
}
