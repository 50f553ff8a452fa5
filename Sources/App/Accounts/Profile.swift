import Crypto
import HTTP
import JSON
import Market
import Postgres

/// Who is signed in, and everything the page shows about that.
struct ProfileRow: Sendable {
    let id: String
    let role: Role
    let email: String?
    let isEmailVerified: Bool
    let displayName: String?
    let baseCurrency: String
    let createdAt: Instant
    let userHandle: [UInt8]
    let linkedProviders: [IdentityProvider]
    /// As base64url.
    let passkeyIDs: [String]
    let recoveryCodesLeft: Int

    /// What an authenticator shows as the account's name.
    var accountName: String { email ?? displayName ?? "BitStockerz" }
    var shownName: String { displayName ?? accountName }

    /// This user with a session that is known to be good.
    func caller(in session: Sessions.Session) -> Caller {
        Caller(userID: id, role: role, scopes: session.kind == .full ? role.scopes : [], session: session)
    }

    fileprivate static let columns = """
        u.id, u.role, u.email, u.email_verified_at IS NOT NULL, u.display_name, u.base_currency, u.created_at, u.user_handle,
        array(SELECT provider FROM oauth_identities WHERE user_id = u.id ORDER BY provider),
        array(SELECT \(AccountExport.base64URL("credential_id")) FROM webauthn_credentials WHERE user_id = u.id
              ORDER BY created_at, credential_id),
        (SELECT count(*) FROM recovery_codes WHERE user_id = u.id AND kind = 'code')
        """
}

extension Query {
    /// Throws ``Problem`` 401 when the user was deleted meanwhile.
    static func profile(of userID: String) -> Query<ProfileRow> {
        Query<ProfileRow?>.first(
            "SELECT \(ProfileRow.columns) FROM users u WHERE u.id = $1::uuid AND u.deleted_at IS NULL", userID,
            read: inOrder(ProfileRow.init)
        ).map { row in
            guard let row else { throw Problem(.unauthorized) }
            return row
        }
    }
}

/// For the browser's Signal API: it tells password managers which passkeys are still good (WebAuthn 5.1.10).
struct PasskeySignal: Sendable {
    let profile: ProfileRow
    /// Nil where nobody signs in with passkeys.
    let relyingPartyID: String?

    init(_ profile: ProfileRow, _ configuration: Configuration) {
        self.profile = profile
        relyingPartyID = configuration.relyingParty?.id
    }

    static let form = Form<PasskeySignal>.object(
        "PasskeySignal",
        [
            .nullable("rp_id", .text, \.relyingPartyID), .member("user_id", .base64URL, \.profile.userHandle),
            .member("name", .text, \.profile.accountName), .member("display_name", .text, \.profile.shownName),
            .member("accepted_credential_ids", .list(of: .text), \.profile.passkeyIDs),
        ])
}

extension Form where Content == [UInt8] {
    static let base64URL = Form(.type("string")) { json, bytes in json.string(Crypto.base64URL(bytes)) }
}

/// `/api/auth/me` and `/api/me`.
struct Profile: Sendable {
    private let row: ProfileRow
    private let caller: Caller
    private let signal: PasskeySignal

    init(_ row: ProfileRow, _ caller: Caller, _ configuration: Configuration) {
        (self.row, self.caller, signal) = (row, caller, PasskeySignal(row, configuration))
    }

    static let form = Form<Profile>.object(
        "Profile",
        [
            .member("id", .uuid, \.row.id), .member("role", .choice(), \.row.role),
            .nullable("email", .text, \.row.email), .member("email_verified", .flag, \.row.isEmailVerified),
            .nullable("display_name", .text, \.row.displayName),
            .member("base_currency", .text, \.row.baseCurrency), .member("created_at", .time, \.row.createdAt),
            .member("linked_providers", .list(of: .choice()), \.row.linkedProviders),
            .member("passkey_count", .integer, \.row.passkeyIDs.count),
            .member("recovery_codes_left", .integer, \.row.recoveryCodesLeft),
            .member("scopes", .list(of: .choice())) { Scope.allCases.filter($0.caller.scopes.contains) },
            .nullable(
                "session",
                Form<Sessions.Session>.object([
                    .member("id", .uuid, \.id), .member("kind", .choice(), \.kind),
                    .member("is_recent", .flag, \.isRecent),
                ]), \.caller.session), .member("signal", PasskeySignal.form, \.signal),
        ])

    private static let found = Answer(200, "The profile", form)

    /// What the page asks first: also a session that may only add a passkey gets an answer.
    static let whoAmI = Route(
        .get, "/api/auth/me", .anySession, "Who is signed in with this browser.", answers: [found]
    ) { call, db in try answer(call, &db) }

    static let get = Route(
        .get, "/api/me", .signedIn(.read), "The profile of the signed-in user.", answers: [found]
    ) { call, db in try answer(call, &db) }

    static let update = Route(
        .patch, "/api/me", .session(),
        "Changes what is given. An email is a label that nobody has proven; changing it wants a recent sign-in.",
        takes: .body(optional: "email", Form<String>.email),
        .body(optional: "display_name", Form<String>.line(1...100)),
        .body(optional: "base_currency", Form<String>.baseCurrency), answers: [found],
        errors: [.reauthenticationRequired]
    ) { call, db, email, displayName, _ in
        let caller = try call.signedIn()
        if email != nil { try Access.confirm(caller) }
        let changed = [email.map { _ in "email" }, displayName.map { _ in "display_name" }].compactMap { $0 }
        if !changed.isEmpty {
            // The provider vouched for the old address, not for this one.
            let change = Query.change(
                """
                UPDATE users SET email = coalesce($2, email), display_name = coalesce($3, display_name),
                  email_verified_at = CASE WHEN lower($2) <> lower(email) THEN NULL ELSE email_verified_at END,
                  updated_at = now()
                WHERE id = $1::uuid AND deleted_at IS NULL
                """, caller.userID, email, displayName)
            try db.transaction(opening: change) { db, changes in
                guard changes == 1 else { throw Problem(.unauthorized) }
                try call.audit(.userChanged, ["changed": .array(changed.map { .string($0) })], in: &db)
            }
        }
        return try answer(call, &db)
    }

    private static func answer(_ call: Call, _ db: inout Connection) throws -> Response {
        let caller = try call.signedIn()
        return try found(
            Profile(db.run(.profile(of: caller.userID)), caller, call.configuration), capacity: 1_024)
    }
}

extension Form where Content == String {
    /// The one currency there is.
    fileprivate static let baseCurrency = text(
        .words(["USD"]), "USD", code: "OUT_OF_RANGE", write: { $0 }, parse: { $0 == "USD" ? $0 : nil })
}
