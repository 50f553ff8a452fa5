import Crypto
import HTTP
import JSON
import Postgres

/// `/api/me/passkeys`.
enum PasskeyRoutes {
    private static let found = Answer(200, "The passkeys", Passkeys.form)
    private static let left = Answer(200, "The passkeys that are left", Passkeys.form)

    static let list = Route(
        .get, "/api/me/passkeys", .session(), "The user's passkeys, oldest first.", answers: [found]
    ) { call, db in try found(passkeys(call, &db), capacity: 2_048) }

    static let rename = Route(
        .patch, "/api/me/passkeys/{id}", .session(), "Gives a passkey another name.", takes: .passkeyID,
        .body("name", Form<String>.line(1...100).example("My phone")), answers: [found]
    ) { call, db, id, name in
        try db.transaction(opening: .renamingPasskey(id, of: call.userID(), to: name)) { db, renamed in
            guard renamed == 1 else { throw notFound }
            try call.audit(.passkeyRenamed, ["name": .string(name)], in: &db)
        }
        return try found(passkeys(call, &db), capacity: 2_048)
    }

    static let remove = Route(
        .delete, "/api/me/passkeys/{id}", .session(confirmed: true), "Removes a passkey, but never the last way in.",
        takes: .passkeyID, answers: [left], errors: [.conflict]
    ) { call, db, id in
        let userID = try call.userID()
        // Two removals at once would each see the other's passkey as the one that is left.
        try db.transaction(opening: .lockingCaller(userID), .waysIn(of: userID)) { db, _, ways in
            guard try db.run(.deletingPasskey(id, of: userID)) == 1 else { throw notFound }
            guard ways > 1 else {
                throw Problem(.conflict, "This is your last way in. Add another passkey before you remove it.")
            }
            try call.audit(.passkeyRemoved, in: &db)
        }
        return try left(passkeys(call, &db), capacity: 2_048)
    }

    fileprivate static let notFound = Problem(.notFound, "You have no such passkey.")

    private static func passkeys(_ call: Call, _ db: inout Connection) throws -> Passkeys {
        let userID = try call.userID()
        let (passkeys, profile) = try db.run(.passkeys(of: userID), .profile(of: userID))
        return Passkeys(passkeys: passkeys, signal: PasskeySignal(profile, call.configuration))
    }

    private struct Passkeys {
        let passkeys: [PasskeyRow]
        let signal: PasskeySignal

        static let form = Form<Passkeys>.object([
            .member("passkeys", .list(of: PasskeyRow.form), \.passkeys),
            .member("signal", PasskeySignal.form, \.signal),
        ])
    }
}

extension Field where Content == [UInt8] {
    /// The id of a passkey in the path. What can be no id is no passkey: 404.
    fileprivate static let passkeyID = Field(parts: [
        FieldPart(
            name: "id", place: .path, schema: Form<String>.text.schema, isRequired: true,
            about: "The passkey, as base64url", errors: [.notFound])
    ]) { reader in
        guard let id = bytes(base64URL: reader.call.parameter("id")) else { throw PasskeyRoutes.notFound }
        return id
    }
}
