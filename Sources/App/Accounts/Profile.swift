import Crypto
import HTTP
import JSON
import Postgres
import System

/// Who is signed in, and everything the page shows about that.
struct ProfileRow: Sendable {
    let id: String
    let role: Role
    let email: String?
    let isEmailVerified: Bool
    let displayName: String?
    let baseCurrency: String
    let createdAt: Int64
    let userHandle: [UInt8]
    let linkedProviders: [String]
    let passkeyIDs: [[UInt8]]
    let recoveryCodesLeft: Int

    /// What an authenticator shows as the account's name.
    var accountName: String { email ?? displayName ?? "BitStockerz" }

    /// This user with a session that is known to be good.
    func caller(in session: Sessions.Session) -> Caller {
        Caller(userID: id, role: role, scopes: session.kind == .full ? role.scopes : [], session: session)
    }

    static let schema = Schema.object([
        ("id", .uuid), ("role", .oneOf(Role.allCases.map(\.rawValue))), ("email", Schema.text.orNull),
        ("email_verified", .flag), ("display_name", Schema.text.orNull), ("base_currency", .text),
        ("created_at", .time),
        ("linked_providers", .list(.oneOf(["google", "apple"]))), ("passkey_count", .integer()),
        ("recovery_codes_left", .integer()), ("scopes", .list(.oneOf(Scope.allCases.map(\.rawValue)))),
        (
            "session",
            Schema.object([
                ("id", .uuid), ("kind", .oneOf(["full", "recovery"])), ("is_recent", .flag),
            ]).orNull
        ),
        ("signal", .named("PasskeySignal")),
    ])

    /// For the browser's Signal API: it tells password managers which passkeys are still good (WebAuthn 5.1.10).
    static let signalSchema = Schema.object([
        ("rp_id", .text), ("user_id", .text), ("name", .text), ("display_name", .text),
        ("accepted_credential_ids", .list(.text)),
    ])

    func write(for caller: Caller, _ configuration: Configuration, into json: inout Writer) {
        json.object { json in
            json.member("id", id)
            json.member("role", role.rawValue)
            json.member("email", email)
            json.member("email_verified", isEmailVerified)
            json.member("display_name", displayName)
            json.member("base_currency", baseCurrency)
            json.member("created_at", SystemClock.timestamp(createdAt))
            json.key("linked_providers")
            json.array(linkedProviders) { $0.string($1) }
            json.member("passkey_count", passkeyIDs.count)
            json.member("recovery_codes_left", recoveryCodesLeft)
            json.key("scopes")
            json.array(Scope.allCases.filter(caller.scopes.contains)) { $0.string($1.rawValue) }
            json.key("session")
            if let session = caller.session {
                json.object { json in
                    json.member("id", session.id)
                    json.member("kind", session.kind.rawValue)
                    json.member("is_recent", session.isRecent)
                }
            } else {
                json.null()
            }
            json.key("signal")
            writeSignal(configuration, into: &json)
        }
    }

    func writeSignal(_ configuration: Configuration, into json: inout Writer) {
        json.object { json in
            json.member("rp_id", configuration.relyingParty?.id)
            json.member("user_id", base64URL(userHandle))
            json.member("name", accountName)
            json.member("display_name", displayName ?? accountName)
            json.key("accepted_credential_ids")
            json.array(passkeyIDs) { $0.string(base64URL($1)) }
        }
    }
}

extension Connection {
    /// - Throws: ``Problem`` 401 when the user was deleted meanwhile.
    mutating func profile(of userID: String) throws -> ProfileRow {
        let statement = ProfileRow.reading(userID)
        let rows = try query(statement.sql, statement.parameters)
        return try ProfileRow(userID, rows)
    }
}

extension ProfileRow {
    static func reading(_ userID: String) -> Statement {
        Statement(
            """
            SELECT u.role, u.email, u.email_verified_at IS NOT NULL, u.display_name, u.base_currency, u.created_at,
                   u.user_handle, array(SELECT provider FROM oauth_identities WHERE user_id = u.id ORDER BY provider),
                   array(SELECT encode(credential_id, 'hex') FROM webauthn_credentials WHERE user_id = u.id
                         ORDER BY created_at, credential_id),
                   (SELECT count(*) FROM recovery_codes WHERE user_id = u.id AND kind = 'code')
            FROM users u WHERE u.id = $1::uuid AND u.deleted_at IS NULL
            """, [.text(userID)])
    }

    /// From the answer to ``reading(_:)``.
    ///
    /// - Throws: ``Problem`` 401 when the user was deleted meanwhile.
    init(_ userID: String, _ rows: borrowing Rows) throws {
        guard rows.count == 1, let role = Role(rawValue: try rows.string(0, 0)) else { throw Problem(.unauthorized) }
        self.init(
            id: userID, role: role, email: try rows.optionalString(0, 1), isEmailVerified: try rows.bool(0, 2),
            displayName: try rows.optionalString(0, 3), baseCurrency: try rows.string(0, 4),
            createdAt: try rows.microseconds(0, 5), userHandle: try rows.bytes(0, 6),
            linkedProviders: try rows.strings(0, 7), passkeyIDs: try rows.strings(0, 8).compactMap { bytes(hex: $0) },
            recoveryCodesLeft: try rows.int(0, 9))
    }
}

/// `/api/auth/me` and `/api/me`.
enum Profile {
    /// What the page asks first: also a session that may only add a passkey gets an answer.
    static let whoAmI = Route(
        method: .get, path: "/api/auth/me", access: .anySession, about: "Who is signed in with this browser.",
        answers: [.init(status: 200, about: "The profile", schema: .named("Profile"))],
        handler: .database { call, db in try answer(call, &db) })

    static let get = Route(
        method: .get, path: "/api/me", access: .signedIn(.read), about: "The profile of the signed-in user.",
        answers: [.init(status: 200, about: "The profile", schema: .named("Profile"))],
        handler: .database { call, db in try answer(call, &db) })

    static let update = Route(
        method: .patch, path: "/api/me", access: .session(),
        about: "Changes what is given. An email is a label that nobody has proven; changing it wants a recent sign-in.",
        body: .object([("email?", .text), ("display_name?", .text), ("base_currency?", .oneOf(["USD"]))]),
        answers: [.init(status: 200, about: "The profile as it is now", schema: .named("Profile"))],
        errors: [.validationError, .unsupportedMediaType, .payloadTooLarge, .reauthenticationRequired],
        handler: .database { call, db in
            var body = try ObjectReader(body: call.request)
            let email = body.email("email", required: false)
            let displayName = body.personName("display_name")
            let currency = body.string("base_currency", 3...3, required: false)
            if let currency, currency != "USD" {
                body.mistakes.add("base_currency", "OUT_OF_RANGE", "base_currency must be USD.")
            }
            body.refuseUnknown()
            try body.mistakes.check()
            let caller = try call.signedIn()
            if email != nil { try Access.confirm(caller) }
            let changed = [email.map { _ in "email" }, displayName.map { _ in "display_name" }].compactMap { $0 }
            if !changed.isEmpty {
                try db.transaction { db in
                    // The provider vouched for the old address, not for this one.
                    try db.execute(
                        """
                        UPDATE users SET email = coalesce($2, email), display_name = coalesce($3, display_name),
                          email_verified_at = CASE WHEN lower($2) <> lower(email) THEN NULL ELSE email_verified_at END,
                          updated_at = now()
                        WHERE id = $1::uuid
                        """, [.text(caller.userID), Parameter(email), Parameter(displayName)])
                    try call.audit(.userChanged, ["changed": .array(changed.map { .string($0) })], in: &db)
                }
            }
            return try answer(call, &db)
        })

    static func answer(_ call: Call, _ db: inout Connection) throws -> Response {
        let caller = try call.signedIn()
        let row = try db.profile(of: caller.userID)
        return .json(200, capacity: 1_024) { row.write(for: caller, call.configuration, into: &$0) }
    }
}

extension ObjectReader {
    mutating func email(_ name: String, required isRequired: Bool = true) -> String? {
        guard let text = string(name, 1...254, required: isRequired)?.trimmed else { return nil }
        guard Users.isEmail(text) else {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must be an email address.")
            return nil
        }
        return text
    }

    /// A name of a person or thing in one line.
    mutating func personName(_ name: String, required isRequired: Bool = false) -> String? {
        guard let text = string(name, 1...100, required: isRequired)?.trimmed else { return nil }
        guard !text.isEmpty, !text.unicodeScalars.contains("\n") else {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must be one line that is not blank.")
            return nil
        }
        return text
    }
}
