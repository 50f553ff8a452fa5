import Daemon
import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// Every operation of the document, with the extremes of every type in every place for a value: whatever a table
/// refuses, the request was refused before, and nobody sees an error of ours.
@Suite struct ExtremeRequestsTests {
    /// Every place inside a value, deepest first, as a way to put something else there.
    private static func places(in value: Value) -> [(Value) -> (Value) -> Value] {
        var found: [(Value) -> (Value) -> Value] = [{ replacement in { _ in replacement } }]
        switch value {
        case .array(let items):
            for index in items.indices {
                for place in places(in: items[index]) {
                    found.append { replacement in
                        { outer in
                            guard case .array(var items) = outer, items.indices.contains(index) else { return outer }
                            items[index] = place(replacement)(items[index])
                            return .array(items)
                        }
                    }
                }
            }
        case .object(let object):
            for name in object.names {
                for place in places(in: object[name] ?? .null) {
                    found.append { replacement in
                        { outer in
                            guard case .object(var object) = outer, let old = object[name] else { return outer }
                            object[name] = place(replacement)(old)
                            return .object(object)
                        }
                    }
                }
            }
        default: break
        }
        return found
    }

    /// What one desk has seen.
    private struct Tally: Sendable {
        var refused: [String] = [], unanswered: [String] = []
        var sent = 0, runs = 0, imports = 0, faults = 0
    }

    /// Tries every DIVISOR-th operation.
    private static func tally(_ part: Int, of divisor: Int) throws -> Tally {
        let desk = try ExtremesDesk()
        let operations = DocumentedOperation.all(in: OpenAPI.document(of: Routes.all)).enumerated()
            .filter { $0.offset % divisor == part }.map(\.element)
        for operation in operations {
            desk.begin()
            try desk.send(operation)
            let places =
                operation.parameters.map { ($0.name, $0.schema) }
                + (operation.members ?? []).map { ($0.name, $0.schema) }
            for (name, schema) in places {
                // As it is meant first: what may be left out is tried by nothing else.
                try desk.send(operation, name)
                for bound in DocumentedOperation.bounds(schema) { try desk.send(operation, name) { _ in bound } }
                let whole = try desk.value(name, schema, in: operation.path)
                // What is inside a definition is read by one reader: once is enough, where it is stored.
                let isStored = operation.description == "POST /api/strategies"
                for place in name == "definition" && !isStored ? [{ value in { _ in value } }] : Self.places(in: whole)
                {
                    for value in Extremes.values { try desk.send(operation, name, place(value)) }
                }
            }
        }
        try desk.finish()
        try desk.storeUploads()
        func count(_ what: String) throws -> Int { try desk.installation.scalar("SELECT count(*) FROM \(what)") }
        return Tally(
            refused: desk.refused,
            unanswered: operations.map(\.description).filter { !desk.answered.contains($0) }, sent: desk.sent,
            runs: try count("backtest_runs WHERE status = 'completed'"),
            imports: try count("jobs WHERE job_type = 'import_bars' AND status = 'completed'"),
            faults: try count("jobs WHERE error_code = 'INTERNAL_ERROR'")
                + count("backtest_runs WHERE error_code = 'INTERNAL_ERROR'"))
    }

    @Test func `no operation answers an error of ours to the extremes of any type`() throws {
        #expect(DocumentedOperation.all(in: OpenAPI.document(of: Routes.all)).count == Routes.all.count)
        // Side by side, each with an installation of its own: one after the other they outlast all other tests.
        let parts = 4
        let tallies = try inParallel(parts) { part in try Self.tally(part, of: parts) }
        let sent = tallies.reduce(0) { $0 + $1.sent }
        #expect(tallies.flatMap(\.refused) == [], "of \(sent)")
        #expect(sent > 5_000)
        // Else the requests would have been refused before they could do any harm.
        let unanswered = tallies.flatMap(\.unanswered)
        // These want what nobody can make up: another process, a token, a signed challenge, a code, a second passkey.
        #expect(
            Set(unanswered).isSubset(of: [
                "GET /api/health/ready", "GET /api/metrics", "POST /api/auth/webauthn/register/verify",
                "POST /api/auth/webauthn/login/verify",
                "POST /api/auth/reauthenticate/verify", "POST /api/auth/recover", "DELETE /api/me/passkeys/{id}",
                "POST /api/backtests/{id}/cancel",
            ]), "\(unanswered)")
        #expect(tallies.reduce(0) { $0 + $1.faults } == 0)
        #expect(tallies.reduce(0) { $0 + $1.imports } > 20)
        #expect(tallies.reduce(0) { $0 + $1.runs } > 20)
    }
}
