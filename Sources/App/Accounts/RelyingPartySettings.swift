public import WebAuthn

/// Where the page lives, as operators have configured it: never read from a request (WebAuthn 5.1.3, 7.1 step 9).
extension RelyingParty {
    /// The address for links that are shown to people.
    public var address: String { origins[0] }

    /// - Parameters:
    ///   - origins: as written in `PUBLIC_ORIGINS`, separated by commas.
    ///   - id: as written in `RP_ID`; empty for the host of the first origin.
    ///   - problems: gets one line for each mistake.
    /// - Returns: nil after a mistake.
    static func read(origins written: String, id: String, problems: inout [String]) -> RelyingParty? {
        let origins = written.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let hosts = origins.map(Self.host(of:))
        for (origin, host) in zip(origins, hosts) where host == nil {
            problems.append(
                "\(Configuration.Variable.publicOrigins) must list addresses such as https://bitstockerz.example (lower case, no path, no default "
                    + "port; http only for localhost), not \"\(origin)\"")
        }
        guard !origins.isEmpty, !hosts.contains(nil) else { return nil }
        let id = id.isEmpty ? hosts[0]! : id
        let isIP = id.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        guard !isIP, id == "localhost" || id.utf8.contains(UInt8(ascii: ".")),
            hosts.allSatisfy({ $0 == id || $0!.hasSuffix("." + id) })
        else {
            problems.append(
                "\(Configuration.Variable.relyingPartyID) must be a domain that every host of "
                    + "\(Configuration.Variable.publicOrigins) is or ends with, not \"\(id)\"")
            return nil
        }
        return RelyingParty(id: id, origins: origins)
    }

    /// The host of an origin in the form in which browsers send it; nil for any other text.
    private static func host(of origin: String) -> String? {
        let isSecure = origin.hasPrefix("https://")
        guard isSecure || origin.hasPrefix("http://") else { return nil }
        let authority = origin.dropFirst(isSecure ? 8 : 7)
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let host = parts.first, !host.isEmpty, host.first != ".", host.last != ".",
            host.utf8.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            })
        else { return nil }
        if parts.count == 2 {
            guard let port = UInt16(parts[1]), port > 0, String(port) == parts[1], port != (isSecure ? 443 : 80)
            else { return nil }
        }
        return isSecure || host == "localhost" ? String(host) : nil
    }
}

/// Who may sign up.
public enum SignUpPolicy: String, Sendable, CaseIterable {
    case open, invite, closed
}
