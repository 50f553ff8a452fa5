public import Telemetry

/// One scrape over HTTP/1.1: the head of a request, and the whole answer to it. For the metrics' own socket, where a
/// process a connection answers and ends; there is nothing else to ask it.
public enum MetricsExchange {
    /// A request that has not come to its end by here is none.
    public static let maximumHeadBytes = 8_192

    /// Whether these bytes hold a whole head.
    public static func isComplete(_ head: [UInt8]) -> Bool {
        head.indices.dropLast(3).contains { head[$0..<($0 + 4)].elementsEqual("\r\n\r\n".utf8) }
    }

    /// - Parameter tell: the metrics, in the form that was asked for.
    public static func answer(_ head: [UInt8], _ tell: (Exposition) throws -> [UInt8]) -> [UInt8] {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard isComplete(head), words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            return response(400, "Bad Request", sentence: "This is no request.")
        }
        let isHead = words[0] == "HEAD"
        guard words[1].prefix(while: { $0 != "?" }) == "/metrics" else {
            return response(404, "Not Found", sentence: "There is nothing here but /metrics.", isHead)
        }
        guard isHead || words[0] == "GET" else {
            return response(
                405, "Method Not Allowed", sentence: "This address takes GET, HEAD.", fields: ["Allow: GET, HEAD"])
        }
        let accept = lines.dropFirst().compactMap { line -> Substring? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "accept" ? parts[1] : nil
        }.joined(separator: ",")
        let form = Exposition(accept: accept)
        do { return response(200, "OK", form.contentType, try tell(form), isHead) } catch {
            return response(500, "Internal Server Error", sentence: "\(error)", isHead)
        }
    }

    private static func response(
        _ status: Int, _ reason: String, sentence: String, _ isHead: Bool = false, fields: [String] = []
    ) -> [UInt8] {
        response(status, reason, "text/plain; charset=utf-8", Array((sentence + "\n").utf8), isHead, fields: fields)
    }

    private static func response(
        _ status: Int, _ reason: String, _ type: String, _ body: [UInt8], _ isHead: Bool, fields: [String] = []
    ) -> [UInt8] {
        let head =
            [
                "HTTP/1.1 \(status) \(reason)", "Content-Type: \(type)", "Content-Length: \(body.count)",
                "Cache-Control: no-store", "Connection: close",
            ] + fields + ["", ""]
        return Array(head.joined(separator: "\r\n").utf8) + (isHead ? [] : body)
    }
}
