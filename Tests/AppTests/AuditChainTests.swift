import Crypto
import Foundation
import JSON
import Testing

@testable import App

/// A chain of made-up events as the database would hold it.
private struct Chain {
    static let key = AuditKey([UInt8](repeating: 7, count: 32))
    var rows: [AuditRow] = []
    var head = AuditHead.empty(3)

    init(_ count: Int, _ random: inout some RandomNumberGenerator) {
        for number in 0..<count {
            let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
            let user = number.isMultiple(of: 5) ? nil : "00000000-0000-4000-8000-0000000000c3"
            let payload: Object = ["number": .number(Number(number)), "how": "passkey"]
            var row = AuditRow(
                id: number * 2 + 10, stream: 3, userID: user, type: "session.started", payload: payload, salt: salt,
                digest: AuditRow.digest(salt: salt, userID: user, payload: payload),
                requestID: number.isMultiple(of: 3) ? nil : "r\(number)", time: 1_700_000_000_000_000 + Int64(number),
                previousHash: head.lastHash, hash: [])
            row.hash = row.link(Self.key)
            rows.append(row)
            head = AuditHead(stream: 3, lastID: row.id, lastHash: row.hash, count: number + 1)
        }
    }

    /// The state of the check before each event and after the last.
    func states() throws -> [AuditChainCheck] {
        var check = AuditChainCheck(Self.key, from: .empty(3))
        return try [check]
            + rows.map { row in
                try check.take(row)
                return check
            }
    }
}

private let edits: [(String, @Sendable (inout AuditRow) -> Void)] = [
    ("id", { $0.id += 1 }), ("stream", { $0.stream = 4 }), ("type", { $0.type += "x" }),
    ("user", { $0.userID = $0.userID == nil ? "00000000-0000-4000-8000-0000000000c3" : nil }),
    ("other user", { $0.userID = "00000000-0000-4000-8000-0000000000ff" }),
    ("payload", { $0.payload?["how"] = "password" }), ("added member", { $0.payload?["more"] = true }),
    ("salt", { $0.salt?[3] ^= 1 }), ("digest", { $0.digest[31] ^= 128 }), ("time", { $0.time += 1 }),
    ("request", { $0.requestID = ($0.requestID ?? "") + "z" }), ("previous hash", { $0.previousHash[0] ^= 1 }),
    ("hash", { $0.hash[9] ^= 4 }),
    (
        "payload and its digest",
        { row in
            row.payload?["how"] = "password"
            row.digest = AuditRow.digest(salt: row.salt!, userID: row.userID, payload: row.payload!)
        }
    ),
]

@Suite struct AuditChainTests {
    @Test func `a chain as it was written holds`() throws {
        var random = SystemRandomNumberGenerator()
        let chain = Chain(100, &random)
        let last = try #require(try chain.states().last)
        try last.finish(chain.head)
        #expect(last.position == chain.head)
    }

    @Test func `every edit, deletion, insertion, swap and cut of a long chain is found`() throws {
        var random = SystemRandomNumberGenerator()
        let chain = Chain(10_000, &random)
        let states = try chain.states()

        /// Whether the check, from the state before event `first`, finds fault with these rows in place of those.
        func isFound(from first: Int, _ rows: some Sequence<AuditRow>) -> Bool {
            var check = states[first]
            do {
                for row in rows { try check.take(row) }
                try check.finish(chain.head)
                return false
            } catch {
                return true
            }
        }

        for at in chain.rows.indices {
            // What follows is looked at as far as needed: a fault ends the check.
            let rest = chain.rows[(at + 1)...]
            let edit = edits[at % edits.count]
            var row = chain.rows[at]
            edit.1(&row)
            #expect(isFound(from: at, [row] + rest.prefix(2) + rest.suffix(1)), "\(edit.0) of event \(at)")

            let other = Int.random(in: chain.rows.indices, using: &random)
            switch at % 4 {
            case 0:
                if at + 1 < chain.rows.count { #expect(isFound(from: at, rest.prefix(1)), "deletion of event \(at)") }
            case 1:
                var added = chain.rows[other]
                added.id = row.id - 1
                #expect(isFound(from: at, [added]), "insertion before event \(at)")
            case 2:
                guard other != at else { continue }
                let (low, high) = (min(at, other), max(at, other))
                #expect(isFound(from: low, [chain.rows[high]]), "swap of events \(low) and \(high)")
                // The contents swapped, the ids kept in their places.
                var moved = chain.rows[high]
                moved.id = chain.rows[low].id
                #expect(isFound(from: low, [moved]), "swap of the contents of events \(low) and \(high)")
            default: #expect(isFound(from: at, []), "cut before event \(at)")
            }
        }
    }

    @Test(arguments: edits.map(\.0))
    func `every kind of edit of any event is found`(_ name: String) throws {
        var random = SystemRandomNumberGenerator()
        let chain = Chain(40, &random)
        let edit = try #require(edits.first { $0.0 == name }).1
        for at in chain.rows.indices {
            var check = AuditChainCheck(Chain.key, from: .empty(3))
            #expect(throws: AuditError.self) {
                for (index, row) in chain.rows.enumerated() {
                    var row = row
                    if index == at { edit(&row) }
                    try check.take(row)
                }
                try check.finish(chain.head)
            }
        }
    }

    @Test func `a payload that was taken out is a fault until the chain accounts for it`() throws {
        var random = SystemRandomNumberGenerator()
        var chain = Chain(6, &random)
        for at in [1, 2, 4] { (chain.rows[at].payload, chain.rows[at].salt, chain.rows[at].userID) = (nil, nil, nil) }
        var check = AuditChainCheck(Chain.key, from: .empty(3))
        for row in chain.rows { try check.take(row) }
        let refusal = #expect(throws: AuditError.self) { try check.finish(chain.head) }
        #expect(refusal == AuditError(stream: 3, eventID: chain.rows[1].id, kind: .erasure))

        let ids = [1, 2, 4].map { chain.rows[$0].id }
        let payload = AuditErasure.payload(ids)
        #expect(AuditErasure.ids(in: payload) == ids)
        let salt = [UInt8](repeating: 1, count: 16)
        var row = AuditRow(
            id: 900, stream: 3, userID: nil, type: AuditErasure.eventType, payload: payload, salt: salt,
            digest: AuditRow.digest(salt: salt, userID: nil, payload: payload), requestID: nil, time: 1,
            previousHash: chain.head.lastHash, hash: [])
        row.hash = row.link(Chain.key)
        try check.take(row)
        try check.finish(AuditHead(stream: 3, lastID: 900, lastHash: row.hash, count: 7))
    }

    @Test(arguments: [
        ([5], [[5, 5]]), ([5, 6, 7], [[5, 7]]), ([5, 7, 8], [[5, 5], [7, 8]]),
    ])
    func `erased ids are written as stretches`(_ ids: [Int], _ stretches: [[Int]]) {
        let written = AuditErasure.payload(ids)["events"]
        #expect(written == .array(stretches.map { .array($0.map { .number(Number($0)) }) }))
    }

    @Test func `a checkpoint reads back from a journal, and a changed one does not`() throws {
        var random = SystemRandomNumberGenerator()
        let checkpoint = AuditCheckpoint(time: 12, heads: [3: Chain(5, &random).head, 9: .empty(9)], Chain.key)
        let journal = "started\nNov 22 host bitstockerz[1]: \(checkpoint.line)\n\nended\n"
        #expect(try AuditCheckpoint.read(journal, Chain.key) == [checkpoint])
        #expect(throws: AuditCheckpoint.Refusal(line: 2, reason: "a checkpoint that is not signed with this key")) {
            try AuditCheckpoint.read(journal.replacingOccurrences(of: ",5,", with: ",6,"), Chain.key)
        }
        #expect(throws: AuditCheckpoint.Refusal(line: 1, reason: "not a whole checkpoint")) {
            try AuditCheckpoint.read(String(checkpoint.line.dropLast(4)), Chain.key)
        }
    }
}
