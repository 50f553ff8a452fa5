import Crypto
import HTTP
import JSON
import Postgres
import System

/// `/api/me/passkeys`.
enum PasskeyRoutes {
    static let list = Route(
        method: .get, path: "/api/me/passkeys", access: .session(), about: "The user's passkeys, oldest first.",
        answers: [.init(status: 200, about: "The passkeys", schema: schema)],
        handler: .database { call, db in try answer(call, &db) })

    static let rename = Route(
        method: .patch, path: "/api/me/passkeys/{id}", access: .session(), about: "Gives a passkey another name.",
        parameters: [.path("id", .text, "The passkey, as base64url")],
        body: .object([("name", .text)]),
        answers: [.init(status: 200, about: "The passkeys", schema: schema)],
        errors: [.validationError, .notFound, .unsupportedMediaType, .payloadTooLarge],
        handler: .database { call, db in
            var body = try ObjectReader(body: call.request)
            let name = body.personName("name", required: true)
            body.refuseUnknown()
            try body.mistakes.check()
            let userID = try call.userID()
            guard let id = bytes(base64URL: call.parameter("id")), let name else { throw notFound }
            try db.transaction { db in
                guard try db.renamePasskey(id, of: userID, to: name) else { throw notFound }
                try call.audit(.passkeyRenamed, ["name": .string(name)], in: &db)
            }
            return try answer(call, &db)
        })

    static let remove = Route(
        method: .delete, path: "/api/me/passkeys/{id}", access: .session(confirmed: true),
        about: "Removes a passkey, but never the last way in.",
        parameters: [.path("id", .text, "The passkey, as base64url")],
        answers: [.init(status: 200, about: "The passkeys that are left", schema: schema)],
        errors: [.notFound, .conflict],
        handler: .database { call, db in
            let userID = try call.userID()
            guard let id = bytes(base64URL: call.parameter("id")) else { throw notFound }
            try db.transaction { db in
                // Two removals at once would each see the other's passkey as the one that is left.
                guard try db.lockUser(userID) else { throw Problem(.unauthorized) }
                let ways = try db.waysIn(of: userID)
                guard try db.deletePasskey(id, of: userID) else { throw notFound }
                guard ways > 1 else {
                    throw Problem(.conflict, "This is your last way in. Add another passkey before you remove it.")
                }
                try call.audit(.passkeyRemoved, in: &db)
            }
            return try answer(call, &db)
        })

    private static let notFound = Problem(.notFound, "You have no such passkey.")

    private static let schema = Schema.object([
        (
            "passkeys",
            .list(
                .object([
                    ("id", .text), ("name", .text), ("transports", .list(.text)), ("aaguid", .uuid),
                    ("attachment", Schema.text.orNull), ("is_backup_eligible", .flag), ("is_backed_up", .flag),
                    ("is_discoverable", Schema.flag.orNull), ("created_at", .time),
                    ("last_used_at", Schema.time.orNull),
                ]))
        ), ("signal", .named("PasskeySignal")),
    ])

    private static func answer(_ call: Call, _ db: inout Connection) throws -> Response {
        let userID = try call.userID()
        let passkeys = try db.passkeys(of: userID), profile = try db.profile(of: userID)
        return .json(200, capacity: 2_048) { json in
            json.object { json in
                json.key("passkeys")
                json.array(passkeys) { json, passkey in
                    json.object { json in
                        json.member("id", base64URL(passkey.id))
                        json.member("name", passkey.name)
                        json.key("transports")
                        json.array(passkey.transports) { $0.string($1) }
                        json.member("aaguid", passkey.aaguid)
                        json.member("attachment", passkey.attachment)
                        json.member("is_backup_eligible", passkey.isBackupEligible)
                        json.member("is_backed_up", passkey.isBackedUp)
                        json.member("is_discoverable", passkey.isDiscoverable)
                        json.member("created_at", SystemClock.timestamp(passkey.createdAt))
                        json.member("last_used_at", passkey.lastUsedAt.map(SystemClock.timestamp))
                    }
                }
                json.key("signal")
                profile.writeSignal(call.configuration, into: &json)
            }
        }
    }
}
