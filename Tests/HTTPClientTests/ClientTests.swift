import Foundation
import HTTPClient
import TestSupport
import Testing

import struct HTTP.Fields
import struct HTTP.Response

@Suite struct ClientTests {
    private func send(_ request: Request, _ limits: Limits = .init()) throws -> Response {
        var client = Client(limits, allowsLoopback: true)
        return try client.send(request)
    }

    private func failure(
        _ request: Request, _ limits: Limits = .init(), isLoopbackAllowed: Bool = true,
        within milliseconds: Int? = nil
    ) -> ExchangeError? {
        var client = Client(limits, allowsLoopback: isLoopbackAllowed)
        do {
            _ = try client.send(request, withinMilliseconds: milliseconds)
            return nil
        } catch { return error }
    }

    @Test func `an answer arrives with status, fields and body`() throws {
        let server = try LoopbackServer(
            answering: "HTTP/1.1 404 Not Found\r\nCache-Control:  max-age=60\r\nContent-Length: 4\r\n\r\nnope")
        let answer = try send(Request(server.url + "/keys?x=1", fields: ["Authorization": "Bearer t"]))
        #expect(answer.status == 404 && answer.body == Array("nope".utf8))
        #expect(answer.fields["cache-control"] == "max-age=60")
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("GET /keys?x=1 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nAuthorization: Bearer t\r\n"))
        #expect(!request.contains("Accept-Encoding"))
    }

    @Test func `a form is posted with every special character escaped`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        _ = try send(Request(server.url, form: [("code", "a b&c=d+é"), ("empty", "")]))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(request.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
        #expect(request.hasSuffix("\r\n\r\ncode=a%20b%26c%3Dd%2B%C3%A9&empty="))
        #expect(!request.contains("Expect"))
    }

    @Test func `an empty body is posted as such`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try send(Request(server.url, method: .post)).status == 200)
        #expect(server.requests.first?.contains("\r\nContent-Length: 0\r\n") == true)
    }

    @Test func `a redirect is an answer and is not followed`() throws {
        let aim = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let server = try LoopbackServer(
            answering: "HTTP/1.1 302 Found\r\nLocation: \(aim.url)/\r\nContent-Length: 0\r\n\r\n")
        #expect(try send(Request(server.url)).status == 302)
        #expect(aim.requests.isEmpty)
    }

    @Test func `the fields are those of the answer, not of an informational one before it`() throws {
        let server = try LoopbackServer(
            answering:
                "HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-B: 2\r\nContent-Length: 0\r\n\r\n")
        let answer = try send(Request(server.url))
        #expect(answer.status == 200 && answer.fields["X-B"] == "2" && answer.fields["X-A"] == nil)
    }

    @Test(arguments: [
        ("a body over the bound, as it says itself", "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n", 65_537),
        ("a body over the bound that does not say so", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 65_537),
        ("a head over the bound", "HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 0),
    ])
    func `too large an answer is refused`(_ what: String, _ head: String, _ body: Int) throws {
        let server = try LoopbackServer(answering: head + String(repeating: "x", count: body))
        #expect(failure(Request(server.url))?.code == .tooLarge, "\(what)")
    }

    @Test func `a body of just the bound is taken`() throws {
        let server = try LoopbackServer(
            answering: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + String(repeating: "x", count: 100))
        #expect(try send(Request(server.url), Limits(maxBodyBytes: 100)).body.count == 100)
        #expect(failure(Request(server.url), Limits(maxBodyBytes: 99))?.code == .tooLarge)
    }

    @Test(arguments: [
        ("nothing at all", ""), ("no HTTP", "220 mail.example ESMTP\r\n"),
        ("less than was promised", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
    ])
    func `a broken answer is no answer`(_ what: String, _ answer: String) throws {
        let server = try LoopbackServer(answering: answer)
        #expect(failure(Request(server.url))?.code == .broken, "\(what)")
    }

    @Test func `a server that says nothing is given up, and the time left can be less than the limit`() throws {
        let server = try LoopbackServer { _ in
            Thread.sleep(forTimeInterval: 2)
            return []
        }
        #expect(failure(Request(server.url), Limits(totalMilliseconds: 100))?.code == .timedOut)
        #expect(failure(Request(server.url), within: 100)?.code == .timedOut)
        #expect(failure(Request(server.url), within: 0)?.code == .timedOut)
    }

    @Test func `an answer that is wanted no more is not waited for`() throws {
        let server = try LoopbackServer(serving: { $1.waitUntilClosed() })
        var client = Client(allowsLoopback: true)
        do throws(ExchangeError) {
            _ = try client.send(Request(server.url)) { false }
            Issue.record("answered")
        } catch { #expect(error.code == .unwanted) }
        let other = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.send(Request(other.url)) { true }.status == 200)
    }

    @Test func `nobody listening is unreachable`() throws {
        let port = try LoopbackServer(answering: "").port
        // Its server is gone by now, or going.
        let code = failure(Request("http://127.0.0.1:\(port)/"))?.code
        #expect(code == .unreachable || code == .broken)
    }

    @Test(arguments: [
        "http://example.com/", "http://127.0.0.1.example.com/", "http://localhost.example.com/",
        "http://127.0.0.1@example.com/", "http://user:secret@127.0.0.1/", "https://user@example.com/",
        "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "example.com", "/path", "", "http://",
        "http://[::2]/", "http://10.0.0.1/",
    ])
    func `only TLS is spoken, and plain HTTP to this machine`(_ url: String) {
        #expect(failure(Request(url))?.code == .addressRefused)
    }

    @Test func `plain HTTP even to this machine only where that is allowed`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(failure(Request(server.url), isLoopbackAllowed: false)?.code == .addressRefused)
        #expect(server.requests.isEmpty)
    }

    @Test func `a certificate that no authority has signed is not trusted`() throws {
        let server = try TLSServer()
        var code = ExchangeError.Code.unreachable
        for _ in 0..<400 where code == .unreachable {
            code = failure(Request("https://localhost:\(server.port)/"))?.code ?? .broken
            usleep(25_000)
        }
        #expect(code == .notTrusted)
    }

    @Test func `a server without a certificate is not trusted`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(failure(Request("https://127.0.0.1:\(server.port)/"))?.code == .notTrusted)
    }

    @Test func `a field with a line break never leaves`() throws {
        let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(failure(Request(server.url, fields: ["X-A": "1\r\nX-B: 2"]))?.code == .addressRefused)
        #expect(server.requests.isEmpty)
    }

    @Test func `no error tells the address's query or what was sent`() throws {
        let error = failure(Request("http://127.0.0.1:1/x?secret=1", form: [("code", "secret")]))
        #expect(error?.message.contains("secret") == false)
    }
}

/// `openssl s_server` with a certificate of its own making.
private final class TLSServer {
    let port: UInt16
    private let folder = FileManager.default.temporaryDirectory.appending(path: "bstls-\(UUID().uuidString)")
    private var pid: pid_t = 0

    init() throws {
        // A port that was free a moment ago.
        port = try LoopbackServer(answering: "").port
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = """
            cd '\(folder.path)' && exec 2>/dev/null >&2 </dev/null
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                -keyout key.pem -out certificate.pem
            exec openssl s_server -accept 127.0.0.1:\(port) -cert certificate.pem -key key.pem -www
            """
        let words: [String] = ["/bin/sh", "-c", script]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else { throw LoopbackServer.Failure() }
    }

    deinit {
        kill(pid, SIGTERM)
        waitpid(pid, nil, 0)
        try? FileManager.default.removeItem(at: folder)
    }
}
