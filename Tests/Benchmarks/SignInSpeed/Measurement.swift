import JSON
import TestSupport

struct Failure: Error, CustomStringConvertible { let description: String }

func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

func quantile(_ values: [Double], _ part: Double) -> Double {
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
}

/// Against one server; times in milliseconds.
struct Measurement: Sendable {
    let client: HTTPClient
    var origin: String { "http://localhost:\(client.port)" }

    /// One user's sign-ins until the time is over: the time of each `login/verify`.
    func signIns(of number: Int, until end: ContinuousClock.Instant) throws -> [Double] {
        let browser = TestBrowser(client), authenticator = SoftwareAuthenticator(origin: origin)
        let signedUp = try browser.signUp("bench\(number)@example.org", authenticator)
        guard signedUp.status == 201 else { throw Failure(description: signedUp.text) }
        var times: [Double] = []
        while ContinuousClock.now < end {
            let options = try browser.send("POST", "/api/auth/webauthn/login/options", [:])
            let credential = try authenticator.get(options.object?["public_key"])
            var answer: HTTPClient.Answer?
            let time = try ContinuousClock().measure {
                answer = try browser.send("POST", "/api/auth/webauthn/login/verify", ["credential": credential])
            }
            guard answer?.status == 200 else { throw Failure(description: answer?.text ?? "") }
            times.append(milliseconds(time))
        }
        return times
    }

    /// How much longer the same refusal takes when the request brings a session that has to be looked up.
    func sessionCheck(rounds: Int) throws -> Double {
        let browser = TestBrowser(client)
        let signedUp = try browser.signUp("bench-session@example.org", SoftwareAuthenticator(origin: origin))
        guard signedUp.status == 201, let session = browser.cookies["__Host-session"] else {
            throw Failure(description: signedUp.text)
        }
        let common = [("Origin", origin), ("Content-Type", "application/json")]
        let cookies = ["__Host-nothing=\(session)", "__Host-session=\(session)"]
        var times: [[Double]] = [[], []]
        for _ in 0..<rounds {
            for (index, cookie) in cookies.enumerated() {
                let time = try ContinuousClock().measure {
                    let answer = try client.send(
                        "POST", "/api/auth/webauthn/login/options", body: Array("{\"x\":1}".utf8),
                        fields: common + [("Cookie", cookie)])
                    guard answer.status == 400 else { throw Failure(description: answer.text) }
                }
                times[index].append(milliseconds(time))
            }
        }
        // The faster quarters: a busy machine only ever adds.
        return quantile(times[1], 0.25) - quantile(times[0], 0.25)
    }
}
