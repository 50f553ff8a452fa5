import HTTP
import JSON
import Market
import Quality

/// `POST /api/market-data/findings/{id}/dismiss` and `/restore`: what a check found is all right, or is not after all.
enum FindingRoutes {
    private static let found = Answer(200, "The finding as it is now", StoredFinding.form)

    static let dismiss = route(
        "dismiss", "Says that a finding is all right: it no longer counts, until more bars of its kind bring it back.",
        true)

    static let restore = route("restore", "Lets a dismissed finding count again.", false)

    private static func route(_ word: String, _ about: String, _ isDismissed: Bool) -> Route {
        Route(
            .post, "/api/market-data/findings/{id}/\(word)", .signedIn(.ingest), about,
            takes: .path("id", .integer(1...Int(Int32.max)), "The finding's number"), answers: [found],
            errors: [.notFound]
        ) { call, db, id in
            let now = try BarChecks.dismiss(finding: id, isDismissed, in: &db) { db in
                try call.audit(
                    isDismissed ? .findingDismissed : .findingRestored, ["finding": .number(Number(id))], in: &db)
            }
            guard let now else { throw Problem(.notFound, "There is no finding \(id).") }
            return found(now)
        }
    }
}
