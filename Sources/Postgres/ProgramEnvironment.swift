internal import CPostgres

extension Connection {
    /// The variables by which a program made of libpq, such as pg_dump, opens a session with the same server, database and
    /// user. Not for a command line, which everybody may read: a password is among them.
    public func programEnvironment() -> [String: String] {
        var environment: [String: String] = [:]
        guard let options = PQconninfo(raw) else { return environment }
        defer { PQconninfoFree(options) }
        var option = options
        while option.pointee.keyword != nil {
            if let name = option.pointee.envvar, let value = option.pointee.val {
                environment[String(cString: name)] = String(cString: value)
            }
            option += 1
        }
        // Of several hosts the one that answered.
        if let host = PQhost(raw), host.pointee != 0, let port = PQport(raw) {
            environment["PGHOST"] = String(cString: host)
            environment["PGPORT"] = String(cString: port)
            environment["PGHOSTADDR"] = nil
        }
        return environment
    }
}
