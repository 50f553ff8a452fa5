import Foundation
import HTTP
import JSON
import TestSupport
import Testing

@testable import App

@Suite struct RoutesTests {
    @Test func `every route is described in the OpenAPI document`() throws {
        let document = OpenAPI.document(of: Routes.all)
        let paths = try #require(document.objectValue?["paths"]?.objectValue)
        for route in Routes.all {
            let operation = paths[route.path]?.objectValue?[route.method.rawValue.lowercased()]?.objectValue
            #expect(operation?["summary"]?.stringValue?.isEmpty == false, "\(route.method) \(route.path)")
            #expect(operation?["operationId"]?.stringValue == route.name)
            #expect(operation?["tags"]?.arrayValue?.count == 1)
            #expect(operation?["responses"]?.objectValue?.isEmpty == false, "\(route.method) \(route.path)")
        }
    }

    @Test func `every operation has a name of its own`() {
        #expect(Set(Routes.all.map(\.name)).count == Routes.all.count)
        #expect(Routes.all.contains { $0.name == "getStrategiesById" })
    }

    /// But for what an authenticator says: nobody can write that down.
    private static let withBody = Routes.all.filter { route in
        let body = route.parts.filter { $0.place == .body }
        return !body.isEmpty && !body.contains { $0.name == "credential" && $0.isRequired }
    }.map(\.name)

    /// What is shown can be sent as it is.
    @Test(arguments: withBody)
    func `an example fits the schema that it stands beside`(_ name: String) throws {
        let route = try #require(Routes.all.first { $0.name == name })
        let body = route.parts.filter { $0.place == .body }
        guard let example = Example.body(of: body)?.objectValue else {
            #expect(!body.contains { $0.isRequired }, "there is none")
            return
        }
        let contract = Contract(OpenAPI.document(of: Routes.all))
        for part in body {
            guard let value = example[part.name] else {
                #expect(!part.isRequired, "\(part.name)")
                continue
            }
            #expect(contract.faults(in: value, by: part.schema.value, at: part.name).isEmpty)
        }
    }

    @Test func `every schema that is referred to exists`() {
        let document = OpenAPI.document(of: Routes.all)
        let names = Set(document.objectValue?["components"]?.objectValue?["schemas"]?.objectValue?.names ?? [])
        var missing: [String] = []
        func visit(_ value: Value) {
            switch value {
            case .object(let object):
                if let reference = object["$ref"]?.stringValue,
                    let name = reference.split(separator: "/").last.map(String.init), !names.contains(name)
                {
                    missing.append(name)
                }
                for member in object.members { visit(member.value) }
            case .array(let items): items.forEach(visit)
            default: break
            }
        }
        visit(document)
        #expect(missing.isEmpty)
    }

    /// What is not 16 KiB has its reason: an attestation brings a chain of certificates.
    @Test func `bodies that nobody has to answer for are small`() {
        let open = Routes.all.filter {
            switch $0.access {
            case .open, .visitor: true
            case .signedIn, .session, .anySession: false
            }
        }
        let large = open.filter { $0.bodyLimit != 16_384 }.map { "\($0.path) \($0.bodyLimit)" }
        #expect(large == ["/api/auth/webauthn/register/verify 65536"])
        // Files apart, of which none is in memory whole.
        #expect(Routes.all.allSatisfy { $0.receives != nil || $0.bodyLimit <= 262_144 })
    }

    @Test func `every parameter in a path is declared, and none that is not there`() {
        for route in Routes.all {
            let written = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            let declared = route.parts.filter { $0.place == .path }.map(\.name)
            #expect(written == declared, "\(route.path)")
        }
    }

    /// nginx counts by address whatever is open, also for those who claim to be somebody; the others are counted here.
    @Test func `nginx knows which addresses are open`() throws {
        let file = try String(contentsOfFile: Repository.root + "nginx/http.conf", encoding: .utf8)
        let map = try #require(file.firstMatch(of: #/map \$uri \$bitstockerz_open \{([^}]+)\}/#)).1
        let open = try map.matches(of: #/"~([^"]+)" 1;/#).map { try Regex(String($0.1)) }
        #expect(!open.isEmpty)
        for route in Routes.all where !route.path.hasPrefix("/api/health/") {
            let isListed = try open.contains { try $0.firstMatch(in: route.path) != nil }
            let isOpen =
                switch route.access {
                case .open: true
                case .visitor: route.limit?.isOfAddress == true
                case .signedIn, .session, .anySession: false
                }
            #expect(isListed == isOpen, "\(route.path)")
        }
    }

    @Test func `the pool that may ask other servers has the addresses that nginx gives it, and no other has them`() {
        #expect(Routes.outbound.allSatisfy { Installation.isOutbound($0.path) })
        #expect(!Routes.responders.contains { Installation.isOutbound($0.path) })
        for route in Routes.responders {
            if case .outbound = route.handler { Issue.record("\(route.path) asks other servers") }
        }
    }
}
