public import JSON

/// One answer. The server adds `Content-Length` and leaves the body away for HEAD, 204 and 304.
public struct Response: Sendable {
    public var status: Int
    public var fields: Fields
    public var body: [UInt8]

    public init(status: Int, fields: Fields = .init(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A body of `contentType`, such as `text/csv; charset=utf-8`.
    public init(status: Int = 200, contentType: String, body: [UInt8]) {
        self.init(status: status, fields: ["Content-Type": contentType], body: body)
    }

    /// A JSON document that `write` writes as one value.
    ///
    /// - Parameter capacity: how large the document will be, about; a right guess saves copies.
    public static func json(
        _ status: Int = 200, capacity: Int = 512, _ write: (inout Writer) throws -> Void
    ) rethrows -> Response {
        var writer = Writer(capacity: capacity)
        try write(&writer)
        return Response(status: status, contentType: "application/json", body: writer.bytes)
    }

    public static func json(_ value: Value, status: Int = 200) -> Response {
        json(status) { $0.value(value) }
    }

    /// 204.
    public static var noContent: Response { Response(status: 204) }
}
