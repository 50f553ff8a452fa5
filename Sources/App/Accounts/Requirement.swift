import HTTP

/// What a caller whose credential is known must be, for a request to be let through. Said here for two who ask: the
/// statement that counts requests, and the check that tells people why they may not.
struct Requirement {
    /// Nil: whoever is signed in.
    let scope: Scope?
    /// Also in a session that may only add a passkey.
    let admitsRecovery: Bool
    /// Within the last minutes, in a session.
    let isConfirmed: Bool

    init(_ access: Route.Access) {
        switch access {
        case .open, .visitor, .anySession: (scope, admitsRecovery, isConfirmed) = (nil, true, false)
        case .signedIn(let scope): (self.scope, admitsRecovery, isConfirmed) = (scope, false, false)
        case .session(let scope, let isConfirmed):
            (self.scope, admitsRecovery, self.isConfirmed) = (scope, false, isConfirmed)
        }
    }

    /// - Throws: ``Problem`` 403 for what is missing.
    func check(_ caller: Caller) throws {
        if caller.session?.kind == .recovery, !admitsRecovery {
            throw Problem(.forbidden, "This way back in only lets you add a passkey. Do that first.")
        }
        if let scope, !caller.scopes.contains(scope) {
            throw Problem(
                .forbidden,
                caller.session == nil
                    ? "This API key lacks the scope \(scope.rawValue)." : "Your account may not do this.")
        }
        if isConfirmed { try Access.confirm(caller) }
    }

    /// The same in SQL, of rows `known` as ``Credential`` gives them. Words that this release does not know give the
    /// least, as they do in ``KnownCredential``.
    ///
    /// - Parameter first: the number of the first of the four parameters, which are ``parameters``.
    static func sql(parametersFrom first: Int) -> String {
        let roles = Role.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return """
            (known.kind IS NULL OR known.kind = '\(Sessions.Kind.full.rawValue)' OR $\(first)::boolean)
            AND ($\(first + 1)::text IS NULL OR known.scopes IS NULL OR $\(first + 1) = ANY (known.scopes))
            AND CASE WHEN known.role IN (\(roles)) THEN known.role ELSE '\(Role.user.rawValue)' END
              = ANY ($\(first + 2)::text[])
            AND (known.is_recent OR NOT $\(first + 3)::boolean)
            """
    }

    /// Roles that may have the scope.
    var roles: [String] {
        Role.allCases.filter { role in scope.map { $0.isAllowed(for: role) } ?? true }.map(\.rawValue)
    }
}
