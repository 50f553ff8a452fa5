// A responder whose answers say what it was asked: the other side of FastCGITests, in a process of its own so that
// signals, limits and crashes are real. It accepts on descriptor 0 and reports its events on standard output.
import FastCGI
import Glibc
import HTTP
import JSON

func report(_ event: String) {
    let line = Array((event + "\n").utf8)
    _ = write(1, line, line.count)
}

func setting(_ name: String, _ standard: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
}

/// Never freed, so that the process grows.
nonisolated(unsafe) var hoard: [[UInt8]] = []

func respond(to request: Request) -> Response {
    let number = request.segments.dropFirst().first.flatMap { Int($0) } ?? 0
    switch request.segments.first {
    case "live": return .json(["status": "ok"])
    case "nothing": return .noContent
    case "large":
        return Response(contentType: "text/plain", body: [UInt8](repeating: UInt8(ascii: "x"), count: number))
    case "fields":
        var response = Response.json(["status": "ok"])
        response.fields.append("X-Split", "a\r\nX-Injected: b")
        response.fields.append("Bad Name", "c")
        response.fields.append("Content-Length", "999")
        response.fields.append("Set-Cookie", "a=1")
        response.fields.append("Set-Cookie", "b=2")
        return response
    case "wide": return Response(status: 200, fields: ["X-Wide": String(repeating: "w", count: 100_000)])
    case "sleep":
        report("sleeping")
        usleep(UInt32(number) * 1_000)
        return .json(["status": "slept"])
    case "allocate":
        hoard.append([UInt8](repeating: 1, count: number << 20))
        return .json(["status": "grown"])
    default: return .json { describe(request, in: &$0) }
    }
}

/// An answer in so many pieces of 10,000 bytes: whole, or one whose rest cannot be made.
func streamed(_ request: Request, to stream: any BodyStream) -> Response? {
    guard let kind = request.segments.first, kind == "pieces" || kind == "broken" else { return nil }
    stream.begin(Response(status: 200, fields: ["Content-Type": "text/plain"]))
    do throws(StreamClosedError) {
        for number in 0..<(request.segments.dropFirst().first.flatMap { Int($0) } ?? 0) {
            try stream.write([UInt8](repeating: UInt8(ascii: "a") + UInt8(number % 26), count: 10_000))
        }
    } catch {
        report("closed")
        return Response(status: 499)
    }
    guard kind == "pieces" else { return Response(status: 500, fields: ["X-Said": "instead"]) }
    stream.end()
    return Response(status: 200)
}

/// A body taken piece by piece: how many bytes it had, their sum, and the size of the largest piece.
func taken(_ request: Request, from source: any BodySource) -> Response? {
    guard request.segments.first == "take" else { return nil }
    var bytes = 0, sum = 0, largest = 0
    do throws(BodyCutShortError) {
        while let piece = try source.next() {
            (bytes, largest) = (bytes + piece.count, max(largest, piece.count))
            sum = piece.reduce(sum) { $0 &* 31 &+ Int($1) }
        }
    } catch {
        report("cut short after \(bytes)")
        return Response(status: 499)
    }
    return .json([
        "bytes": .number(Number(bytes)), "sum": .number(Number(sum & 0xFFFF_FFFF)),
        "in_request": .bool(!request.body.isEmpty),
        "is_small": .bool(largest <= 65_536), "announced": .number(Number(source.byteCount)),
    ])
}

func describe(_ request: Request, in writer: inout Writer) {
    writer.object { writer in
        writer.member("method", request.methodText)
        writer.member("path", request.rawPath)
        writer.key("segments")
        writer.array(request.segments) { $0.string($1) }
        writer.key("query")
        writer.array(request.query.items) { writer, item in
            writer.array([item.name, item.value]) { $0.string($1) }
        }
        writer.key("fields")
        writer.object { writer in
            for item in request.fields.items {
                writer.key(item.name)
                writer.string(item.value)
            }
        }
        writer.member("body_bytes", request.body.count)
        writer.member("body_sum", request.body.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF_FFFF)
        writer.member("remote_address", request.remoteAddress)
        writer.member("request_id", request.requestID)
        writer.member("is_secure", request.isSecure)
    }
}

let limits = Limits(
    maxBodyBytes: setting("MAX_BODY", Limits.standardBodyBytes), maxStreamedBodyBytes: setting("MAX_STREAM", 0),
    maxParameterBytes: setting("MAX_PARAMETERS", 49_152),
    maxRequests: setting("MAX_REQUESTS", 50_000), maxMemoryBytes: setting("MAX_MEMORY_MB", 1_024) << 20,
    readTimeoutMilliseconds: setting("READ_TIMEOUT", 10_000),
    requestTimeoutMilliseconds: setting("REQUEST_TIMEOUT", 20_000))
do {
    var responder = try Responder(socket: 0, limits: limits)
    report("ready")
    let reason = responder.run(
        intervalMilliseconds: setting("INTERVAL", 60_000),
        onIdle: { _ in report("idle") },
        refuse: { refusal in
            Problem(
                status: refusal.reason.status, code: "REFUSED", suffix: "refused", title: "\(refusal.reason)",
                detail: refusal.reason.detail
            ).response(instance: refusal.rawPath, requestID: refusal.requestID)
        },
        handle: { request, source, stream in
            streamed(request, to: stream) ?? taken(request, from: source) ?? respond(to: request)
        },
        afterEach: { report("delivery \($0)") })
    report("stopped \(reason)")
} catch {
    report("failed \(error)")
    exit(1)
}
