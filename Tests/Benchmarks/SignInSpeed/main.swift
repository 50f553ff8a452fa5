import Foundation
import JSON
import TestSupport

// usage: SignInSpeed PORT SECONDS
//
// Eight browsers sign in again and again, each as a user of its own with a software passkey; then one asks, in turns with
// and without its session, for what is refused before anything else is looked at. Prints one JSON object, times in
// milliseconds.

let arguments = CommandLine.arguments
guard arguments.count == 3, let port = UInt16(arguments[1]), let seconds = Int(arguments[2]) else {
    FileHandle.standardError.write(Data("usage: SignInSpeed PORT SECONDS\n".utf8))
    exit(64)
}
let measurement = Measurement(client: HTTPClient(port: port))

do {
    let all = Box<[Double]>([]), failure = Box<(any Error)?>(nil)
    let end = ContinuousClock.now + .seconds(seconds)
    inParallel(8) { [measurement] number in
        do {
            let times = try measurement.signIns(of: number, until: end)
            all.withLock { $0 += times }
        } catch {
            failure.withLock { $0 = error }
        }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    let times = all.withLock { $0 }
    let check = try measurement.sessionCheck(rounds: 1_000)
    let report: Value = [
        "sign_ins": .number(Number(times.count)), "p50": .number(Number(quantile(times, 0.5))),
        "p99": .number(Number(quantile(times, 0.99))), "session_check": .number(Number(max(0, check))),
    ]
    FileHandle.standardOutput.write(Data(report.bytes + [10]))
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
