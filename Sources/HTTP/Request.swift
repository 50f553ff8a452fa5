/// One request, checked and decoded; a plain value that outlives its connection.
///
///     let request = try Request(.get, "/api/symbols/BTC%2DUSD?limit=5")
///     request.segments           // ["api", "symbols", "BTC-USD"]
///     request.query["limit"]     // "5"
public struct Request: Sendable {
    public var method: Method
    /// As sent, without the query: for logs and the `instance` of a problem.
    public let rawPath: String
    /// Percent-decoded; none is empty, a dot segment, or contains a slash or a control character. `/` has none.
    public let segments: [String]
    public let query: QueryItems
    public var fields: Fields
    public var body: [UInt8]
    /// The client as the web server knows it; empty when it did not say.
    public var remoteAddress: String
    /// 1 to 64 of `[A-Za-z0-9._-]`; empty when the web server gave none or another.
    public let requestID: String
    /// The client speaks TLS.
    public var isSecure: Bool
    /// The parts of the path that the route names; filled by the router.
    public var parameters: [String: String] = [:]

    public var methodText: String { method.rawValue }

    /// - Parameters:
    ///   - target: a path as sent, such as `/api/symbols/BTC%2DUSD`, perhaps with a query.
    ///   - query: the query as sent, when it is not in the target.
    public init(
        _ method: Method, _ target: String, query: String? = nil, fields: Fields = .init(), body: [UInt8] = [],
        remoteAddress: String = "", requestID: String = "", isSecure: Bool = false
    ) throws(RequestError) {
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        let path = target[..<end]
        self.method = method
        rawPath = String(path)
        segments = try Self.segments(of: path)
        self.query = try QueryItems(query.map { $0[...] } ?? target[end...].dropFirst())
        self.fields = fields
        self.body = body
        self.remoteAddress = remoteAddress
        self.requestID = Self.isValidID(requestID) ? requestID : ""
        self.isSecure = isSecure
    }

    /// The media type of the body in lower case and without parameters.
    public var mediaType: String? {
        guard let value = fields["content-type"] else { return nil }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }.drop { $0 == UInt8(ascii: " ") }
        return String(Substring(type.prefix { $0 != UInt8(ascii: " ") })).lowercased()
    }

    private static func segments(of path: Substring) throws(RequestError) -> [String] {
        guard path.utf8.first == UInt8(ascii: "/") else { throw .malformedPath }
        if path.utf8.count == 1 { return [] }
        var segments: [String] = []
        for segment in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let text = percentDecoded(segment, plusIsSpace: false),
                !text.isEmpty, text != ".", text != "..",
                !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }),
                !segment.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "#") })
            else { throw .malformedPath }
            segments.append(text)
        }
        return segments
    }

    private static func isValidID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
