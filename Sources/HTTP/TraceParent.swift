/// The trace that a request is part of, as its caller tells it (W3C Trace Context, `traceparent`).
public struct TraceParent: Equatable, Sendable {
    /// 32 hexadecimal digits in lower case, not all of them zero.
    public let traceID: String

    /// Nil for what is no `traceparent`: a trace that cannot be read is none. Of later versions the part is read that
    /// they share with the first.
    public init?(_ text: String) {
        let bytes = Array(text.utf8), dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return nil }
        let version = bytes[..<2], trace = bytes[3..<35], parent = bytes[36..<52], flags = bytes[53..<55]
        guard [version, trace, parent, flags].allSatisfy({ $0.allSatisfy(Self.isDigit) }),
            trace.contains(where: { $0 != UInt8(ascii: "0") }), parent.contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        switch String(decoding: version, as: UTF8.self) {
        case "00": guard bytes.count == 55 else { return nil }
        case "ff": return nil
        default: guard bytes.count == 55 || bytes[55] == dash else { return nil }
        }
        traceID = String(decoding: trace, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
