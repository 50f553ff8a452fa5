/// What a person may do here.
public enum Role: String, Sendable, CaseIterable {
    case user, `operator`, admin

    /// What their sessions, and the most their keys, may do.
    var scopes: Set<Scope> { Set(Scope.allCases.filter { $0.isAllowed(for: self) }) }
}

/// What a personal API key may do (api.md, "Rights").
public enum Scope: String, Sendable, CaseIterable {
    case read, research, trade, ingest, admin

    /// Whether an owner of this role may have it: a key never does what its owner may not.
    func isAllowed(for role: Role) -> Bool {
        switch self {
        case .read, .research, .trade: true
        case .ingest: role == .operator || role == .admin
        case .admin: role == .admin
        }
    }
}
