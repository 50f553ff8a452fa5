import Daemon
import HTTP

/// One request on its way through a handler.
struct Call: Sendable {
    let request: Request
    /// Nil on public routes.
    let caller: Caller?
    let configuration: Configuration
    /// For what an answer does not fail by, and somebody has to know.
    let log: Log

    /// The value of `{name}` in the route's path.
    func parameter(_ name: String) -> String { request.parameters[name] ?? "" }

    /// The request's id for what is stored with it; nil where the web server gave none.
    var requestID: String? { request.requestID.isEmpty ? nil : request.requestID }

    /// The signed-in user's id.
    ///
    /// - Throws: 401 on a public route, where nobody is signed in.
    func userID() throws -> String { try signedIn().userID }

    /// - Throws: 401 on a public route, where nobody is signed in.
    func signedIn() throws -> Caller {
        guard let caller else { throw Problem(.unauthorized) }
        return caller
    }

    /// - Throws: 401 without a session.
    func session() throws -> Sessions.Session {
        guard let session = caller?.session else { throw Problem(.unauthorized) }
        return session
    }
}
