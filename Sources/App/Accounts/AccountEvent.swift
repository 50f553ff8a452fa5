public import JSON
public import Postgres

/// What is worth remembering about an account, and of what was done to prices. The raw values are stored, and never change.
public enum AccountEvent: String, Sendable, CaseIterable {
    case userCreated = "user.created"
    case userChanged = "user.changed"
    case userDeleted = "user.deleted"
    case userRoleChanged = "user.role_changed"
    case userDisabled = "user.disabled"
    case userEnabled = "user.enabled"
    case userExported = "user.exported"
    case signedIn = "session.started"
    case signInRefused = "session.refused"
    case confirmed = "session.confirmed"
    case confirmationRefused = "session.confirmation_refused"
    case sessionEnded = "session.ended"
    case othersEnded = "session.others_ended"
    case passkeyAdded = "passkey.added"
    case passkeyRefused = "passkey.refused"
    case passkeyRenamed = "passkey.renamed"
    case passkeyRemoved = "passkey.removed"
    case identityLinked = "identity.linked"
    case identityUnlinked = "identity.unlinked"
    case recoveryCodeUsed = "recovery.code_used"
    case recoveryLinkMade = "recovery.link_made"
    case recoveryLinkUsed = "recovery.link_used"
    case recoveryCodesMade = "recovery.codes_made"
    case keyMade = "api_key.made"
    case keyRevoked = "api_key.revoked"
    case invitationMade = "invitation.made"
    case importConfirmed = "import.confirmed"
    case barsImported = "import.stored"
    case findingDismissed = "finding.dismissed"
    case findingRestored = "finding.restored"
    case closureAdded = "closure.added"
    case closureRemoved = "closure.removed"
    case orderPlaced = "order.placed"
    case orderFilled = "order.filled"
    case orderRejected = "order.rejected"
    case orderReplaced = "order.replaced"
    case orderCancelled = "order.cancelled"
    case orderExpired = "order.expired"
    case positionRescaled = "position.rescaled"
    case orderSignatureRefused = "order.signature_refused"
    case runnerStarted = "runner.started"
    case runnerPaused = "runner.paused"
    case runnerResumed = "runner.resumed"
    case runnerStopped = "runner.stopped"
    case feesChanged = "paper_account.fees_changed"
    case signingChanged = "paper_account.signing_changed"
    case accountReset = "paper_account.reset"
    case webhookMade = "webhook.made"
    case webhookEnabled = "webhook.enabled"
    case webhookDisabled = "webhook.disabled"
    case webhookRemoved = "webhook.removed"
    case symbolsListed = "symbol.listed"
    case symbolRenamed = "symbol.renamed"
    case symbolRetired = "symbol.retired"
    case symbolRestored = "symbol.restored"
}

extension Configuration {
    /// The audit trail; nil without a server secret, when nothing can be signed and so nothing is written.
    public var auditLog: AuditLog? { serverSecret.map { AuditLog($0.auditKey) } }

    /// Appends an event, last in its transaction; outside of one it gets its own. It counts once it is committed.
    ///
    /// - Parameter payload: what happened. Never a token, code, key, challenge or assertion.
    public func audit(
        _ event: AccountEvent, of userID: String? = nil, _ payload: Object = [:], requestID: String = "",
        in db: inout Connection
    ) throws {
        try audit([(event, payload)], of: userID, requestID: requestID, in: &db)
    }

    /// The same of several events that concern one user, in their order.
    ///
    /// - Parameter head: of that user's chain, where the last statements of the transaction have locked it for these events.
    func audit(
        _ events: [(event: AccountEvent, payload: Object)], of userID: String?, requestID: String = "",
        on head: LockedAuditHead? = nil, in db: inout Connection
    ) throws {
        guard let auditLog else { return Self.count(events, in: &db) }
        try auditLog.tell(events, of: userID, requestID: requestID, on: head, in: &db)
    }

    fileprivate static func count(_ events: [(event: AccountEvent, payload: Object)], in db: inout Connection) {
        db.afterCommit {
            for (event, payload) in events { Meters.current.happened(event, reason: payload["reason"]?.stringValue) }
        }
    }
}

extension AuditLog {
    /// As ``Configuration/audit(_:of:requestID:on:in:)``.
    func tell(
        _ events: [(event: AccountEvent, payload: Object)], of userID: String?, requestID: String = "",
        on head: LockedAuditHead? = nil, in db: inout Connection
    ) throws {
        let told = events.map { event, payload in
            AuditEvent(event.rawValue, userID: userID, payload, requestID: requestID.isEmpty ? nil : requestID)
        }
        if let head {
            try append(told, on: head, in: &db)
        } else if db.isInTransaction {
            try append(told, in: &db)
        } else {
            try db.transaction { db in try append(told, in: &db) }
        }
        Configuration.count(events, in: &db)
    }
}

extension Call {
    /// Appends an event about the caller, or about another user.
    ///
    /// - Parameter head: of the user's chain, where the last statements of the transaction have locked it for this event.
    func audit(
        _ event: AccountEvent, of userID: String? = nil, _ payload: Object = [:], on head: LockedAuditHead? = nil,
        in db: inout Connection
    ) throws {
        try configuration.audit(
            [(event, payload)], of: userID ?? caller?.userID, requestID: request.requestID, on: head, in: &db)
    }
}
