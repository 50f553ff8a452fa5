internal import CCurl
public import HTTP

/// Asks other servers, one request at a time, over connections that it keeps.
///
/// Only `https`, with the server's certificate and name verified against the system's authorities and TLS 1.2 or later.
/// A redirect is an answer like any other and never followed; proxies and credentials from the environment or the home
/// directory are not used; cookies are not kept. Every exchange ends within its ``Limits``.
///
/// ```swift
/// var client = Client(Limits(totalMilliseconds: 2_000), to: .publicInternet)
/// let response = try client.send(Request("https://example.org/prices", fields: ["Accept": "application/json"]))
/// ```
public struct Client: ~Copyable {
    public let limits: Limits
    private let allowsLoopback: Bool
    private let destinations: Destinations
    private let handle: UnsafeMutableRawPointer  // CURL *

    /// libcurl's own state, made once and never torn down.
    private static let isStarted = curl_start() == CURLE_OK

    /// - Parameters:
    ///   - allowsLoopback: also `http`, to a server on this very machine: for development and tests.
    ///   - destinations: where connections may lead to.
    public init(
        _ limits: Limits = .init(), allowsLoopback: Bool = false, to destinations: Destinations = .anywhere
    ) {
        guard Self.isStarted, let handle = curl_easy_init() else { fatalError("libcurl does not start") }
        self.limits = limits
        (self.allowsLoopback, self.destinations) = (allowsLoopback, destinations)
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Sends a request and waits for the whole response.
    ///
    /// - Parameters:
    ///   - withinMilliseconds: a tighter bound than the limits' own, for what is left of a longer piece of work.
    ///   - isWanted: asked about once a second while the answer is waited for; false ends that.
    public mutating func send(
        _ request: Request, withinMilliseconds: Int? = nil, isWanted: (() -> Bool)? = nil
    ) throws(ExchangeError) -> Response {
        let total = min(limits.totalMilliseconds, withinMilliseconds ?? limits.totalMilliseconds)
        guard total > 0 else { throw ExchangeError(.timedOut, "no time is left") }
        let protocols = try allowedProtocol(of: request.url)
        guard !request.fields.items.contains(where: { ($0.name + $0.value).utf8.contains { $0 < 0x20 } }) else {
            throw ExchangeError(.addressRefused, "a header field has a line break in it")
        }
        // Forgets every option and keeps the connections.
        curl_easy_reset(handle)
        var lines: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(lines) }
        // A 100-continue would cost a round trip for nothing.
        for line in request.fields.items.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            guard let longer = curl_slist_append(lines, line) else { fatalError("out of memory") }
            lines = longer
        }
        configure(request, protocols: protocols, totalMilliseconds: total)
        if isWanted != nil {
            curl_set_watcher(handle, watch)
            curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
        }
        curl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)

        var head = Collector(limit: limits.maxHeadBytes), body = Collector(limit: limits.maxBodyBytes)
        // Never empty: for a body at no address libcurl would read standard input.
        let sent = request.body + [0]
        var watcher = Watcher(isWanted: isWanted), opening = Opening(destinations)
        let result = withUnsafeMutablePointer(to: &head) { head in
            withUnsafeMutablePointer(to: &body) { body in
                withUnsafeMutablePointer(to: &watcher) { watcher in
                    sent.withUnsafeBytes { sent in
                        curl_set_pointer(handle, CURLOPT_HEADERDATA, head)
                        curl_set_pointer(handle, CURLOPT_WRITEDATA, body)
                        curl_set_pointer(handle, CURLOPT_XFERINFODATA, watcher)
                        if request.method == .post {
                            curl_set_long(handle, CURLOPT_POSTFIELDSIZE, sent.count - 1)
                            curl_set_pointer(handle, CURLOPT_POSTFIELDS, sent.baseAddress)
                        }
                        return perform(&opening)
                    }
                }
            }
        }
        if head.isOver || body.isOver { throw ExchangeError(.tooLarge, "the answer is larger than allowed") }
        guard result == CURLE_OK else {
            if opening.refused > 0, opening.opened == 0 { throw Self.notPublic }
            throw ExchangeError(result)
        }
        var status = 0
        curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return Response(status: status, fields: Fields(headerLines: head.bytes), body: body.bytes)
    }

    /// Looks up where an address leads to, as a connection would, and makes none.
    ///
    /// - Throws: `addressRefused` where any of it is none of the allowed ``Destinations``; `unreachable` where there is no
    ///   such name.
    public mutating func check(_ url: String) throws(ExchangeError) {
        let protocols = try allowedProtocol(of: url)
        curl_easy_reset(handle)
        configure(Request(url), protocols: protocols, totalMilliseconds: limits.connectMilliseconds)
        var opening = Opening(destinations, isLook: true)
        let result = perform(&opening)
        if opening.refused > 0 { throw Self.notPublic }
        if opening.opened == 0 { throw ExchangeError(result) }
    }

    private static let notPublic = ExchangeError(
        .addressRefused, "the address leads to this machine or a private network")

    private func perform(_ opening: inout Opening) -> CURLcode {
        withUnsafeMutablePointer(to: &opening) { opening in
            curl_set_opener(handle, Opening.opener)
            curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, opening)
            return curl_easy_perform(handle)
        }
    }

    private func configure(_ request: Request, protocols: String, totalMilliseconds: Int) {
        curl_set_pointer(handle, CURLOPT_URL, request.url)
        curl_set_pointer(handle, CURLOPT_PROTOCOLS_STR, protocols)
        curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        // The empty string: not even the one in the environment.
        curl_set_pointer(handle, CURLOPT_PROXY, "")
        curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // No signal, or time-outs of the resolver would interrupt the process.
        curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, min(limits.connectMilliseconds, totalMilliseconds))
        curl_set_long(handle, CURLOPT_TIMEOUT_MS, totalMilliseconds)
        curl_set_pointer(handle, CURLOPT_USERAGENT, "BitStockerz")
        curl_set_receiver(handle, CURLOPT_HEADERFUNCTION, collect)
        curl_set_receiver(handle, CURLOPT_WRITEFUNCTION, collect)
        switch request.method {
        case .get: curl_set_long(handle, CURLOPT_HTTPGET, 1)
        case .post: curl_set_long(handle, CURLOPT_POST, 1)
        }
    }

    /// Reads the address with the parser that will connect: two parsers could disagree about the host.
    private func allowedProtocol(of text: String) throws(ExchangeError) -> String {
        guard let url = curl_url() else { fatalError("out of memory") }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK, let scheme = part(CURLUPART_SCHEME, of: url),
            let host = part(CURLUPART_HOST, of: url), part(CURLUPART_USER, of: url) == nil
        else { throw ExchangeError(.addressRefused, "the address cannot be read") }
        if scheme == "https" { return scheme }
        if scheme == "http", allowsLoopback, Self.isLoopback(host) { return scheme }
        throw ExchangeError(.addressRefused, "\(scheme) to \(host) is not allowed")
    }

    private static func isLoopback(_ host: String) -> Bool { ["localhost", "127.0.0.1", "[::1]"].contains(host) }

    private func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

/// Bytes as they arrive, up to a bound.
private struct Collector {
    let limit: Int
    var bytes: [UInt8] = []
    var isOver = false

    init(limit: Int) { self.limit = limit }
}

/// Who may lose interest.
private struct Watcher {
    let isWanted: (() -> Bool)?
}

/// What libcurl calls now and then; anything but zero ends the exchange.
private let watch: curl_watcher = { context, _, _, _, _ in
    guard let isWanted = context?.assumingMemoryBound(to: Watcher.self).pointee.isWanted else { return 0 }
    return isWanted() ? 0 : 1
}

/// What libcurl hands everything to that comes in; taking less than was offered ends the exchange.
private let collect: curl_receiver = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let collector = context.assumingMemoryBound(to: Collector.self)
    guard size * count <= collector.pointee.limit - collector.pointee.bytes.count else {
        collector.pointee.isOver = true
        return 0
    }
    collector.pointee.bytes += UnsafeRawBufferPointer(start: bytes, count: size * count)
    return size * count
}

extension Fields {
    /// The fields of the last block of header lines: informational answers bring blocks of their own.
    fileprivate init(headerLines bytes: [UInt8]) {
        self.init()
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.starts(with: "HTTP/".utf8) {
                self = Fields()
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                append(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
            }
        }
    }
}

extension ExchangeError {
    fileprivate init(_ result: CURLcode) {
        let code: Code =
            switch result {
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_ABORTED_BY_CALLBACK: .unwanted
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .unreachable
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
                .notTrusted
            default: .broken
            }
        self.init(code, String(cString: curl_easy_strerror(result)))
    }
}
