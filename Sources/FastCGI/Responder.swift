import Glibc
public import HTTP
public import System

/// Answers FastCGI requests from a listening socket, one at a time, until it is told to stop.
///
/// One of these is the whole work of a process. Several processes may share the socket. The connection of a request
/// ends with it: a connection kept open would pin a whole process.
///
/// ```swift
/// var responder = try Responder(socket: socket, limits: limits)
/// let reason = responder.run(refuse: { Response(status: $0.reason.status) }) { request, body, stream in
///     .json(["path": .string(request.rawPath)])
/// }
/// ```
public struct Responder: ~Copyable {
    private let limits: Limits
    private var listener: Listener
    private var decoder: Decoder
    private let input = Input()
    private let output = Output()
    private let statusFile: Int32

    /// Blocks TERM, INT and USR1 in this thread for good. Make it before any other thread exists.
    ///
    /// - Parameter socket: listening and inherited; stays the caller's. Made non-blocking.
    public init(socket: Int32, limits: Limits) throws(SystemError) {
        let listener = try Listener(socket: socket)
        let decoder = try Decoder()
        self.limits = limits
        self.listener = listener
        self.decoder = decoder
        statusFile = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    }

    deinit { if statusFile >= 0 { close(statusFile) } }

    /// Serves until told to stop; a request that has begun is always finished first.
    ///
    /// - Parameters:
    ///   - intervalMilliseconds: how often `onIdle` is called.
    ///   - onIdle: called between requests: when nothing arrived for the interval, and under load once an interval; told
    ///     whether nothing arrived. For the watchdog and for a look at the database session.
    ///   - refuse: the answer to what could not become a request.
    ///   - handle: the answer to a request, whole or through the stream; then what it gives counts only as long as
    ///     nothing has gone out. For HEAD the body counts but is not sent. The source has the request's body, also one that
    ///     is too large to be part of it.
    ///   - afterEach: after each answer, with what became of it.
    public mutating func run(
        intervalMilliseconds: Int = 10_000, onIdle: (_ isQuiet: Bool) -> Void = { _ in }, refuse: (Refusal) -> Response,
        handle: (Request, any BodySource, any BodyStream) -> Response, afterEach: (Delivery) -> Void = { _ in }
    ) -> StopReason {
        var requests = 0
        var lastIdle = SystemClock.monotonicNanoseconds()
        let interval = Int64(intervalMilliseconds) * 1_000_000
        while true {
            let event = listener.next(timeoutMilliseconds: intervalMilliseconds)
            let now = SystemClock.monotonicNanoseconds()
            switch event {
            case .stop: return .signal
            case .failed(let error): return .acceptFailed(error)
            case .timedOut: break
            case .connection(let socket):
                if let delivery = serve(socket, since: now, refuse: refuse, handle: handle) {
                    afterEach(delivery)
                }
                close(socket)
                requests += 1
                if requests >= limits.maxRequests { return .maxRequests }
                // Looking costs a system call, and memory grows over many requests.
                if requests % 16 == 0, let resident = residentBytes(),
                    resident > limits.maxMemoryBytes
                {
                    return .memory(resident)
                }
            }
            if event == .timedOut || now - lastIdle >= interval {
                onIdle(event == .timedOut)
                lastIdle = now
            }
        }
    }

    /// Nil when there was nobody to answer.
    private mutating func serve(
        _ socket: Int32, since start: Int64, refuse: (Refusal) -> Response,
        handle: (Request, any BodySource, any BodyStream) -> Response
    ) -> Delivery? {
        let reading = Deadline(
            milliseconds: min(limits.readTimeoutMilliseconds, limits.requestTimeoutMilliseconds), after: start)
        let whole = Deadline(milliseconds: limits.requestTimeoutMilliseconds, after: start)
        var parameters: Parameters?
        let delivery: Delivery
        do throws(InputError) {
            let head = try input.readHead(from: socket, maxParameterBytes: limits.maxParameterBytes, by: reading)
            parameters = decoder.decode(input.head)
            let (request, source) = try readRequest(parameters, head.requestID, socket, reading, whole)
            output.begin(
                head.requestID, withoutBody: request.method == .head, withLength: parameters?.needsLength == true,
                to: socket, by: whole)
            delivery = output.finish(handle(request, source, output))
            if delivery == .sent, input.hasEnd(of: head.requestID) { return delivery }
        } catch {
            guard case .refused(let id, let reason) = error else {
                if case .unknownRole(let id) = error { output.refuseRole(requestID: id, to: socket, by: reading) }
                return nil
            }
            let refusal = Refusal(
                reason, methodText: parameters?.method ?? "",
                rawPath: String(Substring((parameters?.target ?? "").utf8.prefix { $0 != UInt8(ascii: "?") })),
                requestID: parameters?.requestID ?? "")
            output.begin(id, withoutBody: parameters?.method == "HEAD", to: socket, by: whole)
            delivery = output.finish(refuse(refusal))
        }
        if delivery == .sent { input.discard(from: socket, by: Deadline(milliseconds: 1_000)) }
        return delivery
    }

    private mutating func readRequest(
        _ parameters: Parameters?, _ id: UInt16, _ socket: Int32, _ reading: Deadline, _ whole: Deadline
    ) throws(InputError) -> (Request, any BodySource) {
        var request: Request
        let length: Int
        do throws(RequestError) {
            guard let parameters, !parameters.method.isEmpty, parameters.target != "" else { throw .malformedRequest }
            guard let method = Method(rawValue: parameters.method) else { throw .unknownMethod }
            guard let target = parameters.target else { throw .malformedPath }
            guard let query = parameters.query else { throw .malformedQuery }
            length = try bodyLength(parameters.contentLength)
            request = try Request(
                method, target, query: query, fields: Fields(parameters.fields),
                remoteAddress: parameters.remoteAddress, requestID: parameters.requestID,
                isSecure: parameters.isSecure)
        } catch {
            throw .refused(id, error)
        }
        guard length <= limits.maxBodyBytes else {
            // Who takes it may store every piece; the time for that is the request's.
            input.beginBody(length, of: id, from: socket, by: whole)
            return (request, input)
        }
        if length > 0 {
            input.beginBody(length, of: id, from: socket, by: reading)
            request.body = try input.readBody()
        }
        return (request, BodyInMemory(request.body))
    }

    private func bodyLength(_ text: String) throws(RequestError) -> Int {
        if text.isEmpty { return 0 }
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            throw .malformedContentLength
        }
        // A number that does not fit is a large one.
        guard let length = Int(text), length <= limits.maxStreamedBodyBytes else {
            throw .bodyTooLarge(limit: limits.maxStreamedBodyBytes)
        }
        return length
    }

    /// From the kernel, in pages; nil where there is no /proc.
    private func residentBytes() -> Int? {
        guard statusFile >= 0 else { return nil }
        var text = [UInt8](repeating: 0, count: 128)
        let count = pread(statusFile, &text, text.count, 0)
        guard count > 0 else { return nil }
        let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
