public import HTTP

/// One request to another server.
public struct Request: Sendable {
    public enum Method: String, Sendable { case get = "GET", post = "POST" }

    public let method: Method
    public let url: String
    public let fields: Fields
    public let body: [UInt8]

    public init(_ url: String, method: Method = .get, fields: Fields = .init(), body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }

    /// A form, as `POST` sends it (`application/x-www-form-urlencoded`).
    public init(_ url: String, form: [(name: String, value: String)], fields: Fields = .init()) {
        var fields = fields
        fields["Content-Type"] = "application/x-www-form-urlencoded"
        self.init(url, method: .post, fields: fields, body: Array(formEncoded(form).utf8))
    }
}

/// Names and values for a query or a form: everything but letters, digits and `-._~` is escaped, so the same text does
/// for both.
public func formEncoded(_ items: [(name: String, value: String)]) -> String {
    items.map { escaped($0.name) + "=" + escaped($0.value) }.joined(separator: "&")
}

private func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            bytes.append(byte)
        default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
