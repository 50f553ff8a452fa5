import System
import Telemetry

/// What nginx answers as an error by itself, which no process of ours hears of. For each such request its site writes a line
/// feed into the file of the status, and nothing else: the size of the file is the count. So nobody has to listen, nothing
/// of a request is kept, and no more is needed to read it than to look into the folder.
enum NginxRefusals {
    /// Of a request that is malformed, does not come to its end, is too large or comes too often; and of one that met a fault
    /// of nginx, no responder, or one that did not answer in time.
    static let statuses = ["400", "408", "413", "429", "500", "502", "504"]

    /// - Parameter base: what the names of the files begin with. Nothing is told of one that is not there, as where nginx runs
    ///   on another host.
    static func readings(_ base: String) -> [Reading] {
        statuses.compactMap { status in
            File.size(of: "\(base)-\(status).log").flatMap { Meters.current.nginxRefusals(Double($0), status) }
        }
    }
}
