import App
import JSON
import Postgres

/// One thing that doctor looked at.
struct Observation {
    enum State: String, CaseIterable {
        case fine, warning, wrong

        /// How doctor ends when nothing is worse: 0, 1, 2, as monitors count.
        var exitStatus: Int32 { Int32(Self.allCases.firstIndex(of: self)!) }
    }

    let name: String
    let state: State
    /// What was found, in one sentence without its full stop.
    let detail: String
    /// The command that mends it, or what to do; nil when nothing is to do.
    let remedy: String?

    static func fine(_ name: String, _ detail: String) -> Observation {
        Observation(name: name, state: .fine, detail: detail, remedy: nil)
    }

    static func warning(_ name: String, _ detail: String, _ remedy: String) -> Observation {
        Observation(name: name, state: .warning, detail: detail, remedy: remedy)
    }

    static func wrong(_ name: String, _ detail: String, _ remedy: String) -> Observation {
        Observation(name: name, state: .wrong, detail: detail, remedy: remedy)
    }

    var sentence: String { detail + (remedy.map { ": " + $0 } ?? "") }

    func write(to writer: inout Writer) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("state", state.rawValue)
        writer.member("detail", detail)
        writer.member("remedy", remedy)
        writer.endObject()
    }
}
