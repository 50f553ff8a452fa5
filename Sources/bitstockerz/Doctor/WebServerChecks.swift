import App
import Crypto
import Glibc
import Market
import Settings
import System

/// nginx, as its own configuration says it serves the site.
struct WebServerChecks {
    private static let minimumDays = 14
    private static let settings = "/etc/bitstockerz/nginx/site.conf"
    private static let listening = ["https", "http"].map { "/etc/bitstockerz/nginx/listen-\($0).conf" }

    let configuration: Configuration?
    private var observations: [Observation] = []
    /// The name that the site answers to first; nil when nginx does not have it.
    private(set) var serverName: String?
    /// Where it listens for TLS, as curl's `--connect-to` takes it.
    private(set) var place = "127.0.0.1:443"
    /// Files of private keys that the site names.
    private(set) var keys: [String] = []

    init(_ configuration: Configuration?) { self.configuration = configuration }

    mutating func look() -> [Observation] {
        guard HostProgram.path(of: "nginx") != nil else {
            return [.wrong("nginx", "is not installed", "apt-get install nginx")]
        }
        guard let whole = HostProgram.run("nginx", "-T") else {
            return [.warning("nginx", "does not say what its configuration is", "run nginx -t")]
        }
        guard whole.status == 0 else {
            let reason = whole.text.split(separator: "\n").first { $0.contains("[emerg]") || $0.contains("[crit]") }
            return [
                .wrong(
                    "nginx",
                    "does not take its configuration: " + (reason.map { String($0.drop { $0 != "[" }) } ?? "?"),
                    "mend what it names, then nginx -t && systemctl reload nginx")
            ]
        }
        let nginx = NginxConfiguration(whole.text)
        look(at: nginx)
        lookAtPorts(nginx)
        return observations.isEmpty ? [.fine("nginx", "serves the site \(serverName ?? "")")] : observations
    }

    private mutating func look(at nginx: NginxConfiguration) {
        guard nginx.values(of: "fastcgi_pass").contains(where: { $0.hasPrefix("bitstockerz_responder") }) else {
            observations.append(
                .wrong(
                    "nginx", "does not have the site",
                    "ln -s \(InstalledFiles.share)/nginx/bitstockerz.conf /etc/nginx/sites-enabled/ && systemctl reload nginx"
                ))
            return
        }
        for (pool, people) in [("responder", "responders"), ("outbound", "outbound processes")] {
            let socket = "unix:/run/bitstockerz/\(pool).sock"
            let sockets = Set(nginx.values(of: "server", inBlocks: "upstream bitstockerz_\(pool)"))
            if sockets == [socket, "max_fails=0"] { continue }
            let found = sockets.filter { !$0.contains("=") }.sorted().joined(separator: ", ")
            observations.append(
                .wrong(
                    "nginx", "asks \(found), and the \(people) are at \(socket)",
                    "name that socket in the upstream blocks, then systemctl reload nginx"))
        }
        let names = nginx.values(of: "server_name", in: Self.settings)
        serverName = names.first
        let hosts = configuration?.relyingParty?.origins.compactMap(Self.host) ?? []
        let strange = hosts.filter { host in !names.contains { Self.covers($0, host) } }
        if !strange.isEmpty {
            observations.append(
                .wrong(
                    "nginx",
                    "its server_name is \(names.joined(separator: " ")), and \(Variable.publicOrigins) has \(strange.joined(separator: ", "))",
                    "make the two agree in \(Self.settings) and \(EnvironmentFile.standardPath)"))
        }
        lookAtRedirect(nginx)
        keys = nginx.values(of: "ssl_certificate_key", in: Self.settings)
        for path in nginx.values(of: "ssl_certificate", in: Self.settings) { lookAtCertificate(path, hosts) }
        for root in Set(nginx.values(of: "root").filter { $0.hasSuffix("/bitstockerz/web") }) { lookAtPage(root) }
    }

    private mutating func lookAtCertificate(_ path: String, _ hosts: [String]) {
        guard let bytes = try? File.contents(of: path, maximumBytes: 1 << 20),
            let certificate = ServerCertificate(pem: bytes, for: hosts)
        else {
            observations.append(
                .wrong("certificate", "\(path) cannot be read", "mend ssl_certificate in \(Self.settings)"))
            return
        }
        if certificate.daysLeft < Self.minimumDays {
            let end = certificate.daysLeft < 0 ? "has ended" : "ends in \(counted(certificate.daysLeft, "day"))"
            observations.append(
                .wrong(
                    "certificate", "\(path) \(end)", "certbot renew, or bring a new one, then systemctl reload nginx"))
        }
        for host in hosts where !certificate.covers(host) {
            observations.append(
                .wrong(
                    "certificate", "\(path) is not for \(host), which \(Variable.publicOrigins) has",
                    "bring one that is"))
        }
    }

    /// The page's document and the files it names.
    private mutating func lookAtPage(_ root: String) {
        let document = (try? File.text(of: root + "/index.html", maximumBytes: 1 << 20)) ?? ""
        let assets = document.split(separator: "\"").filter { $0.hasPrefix("/assets/") }
        let missing = document.isEmpty ? ["/index.html"] : assets.filter { access(root + $0, R_OK) != 0 }
        if let first = missing.first {
            observations.append(.wrong("page", "\(root)\(first) is missing", "make install again"))
        }
    }

    /// Whether plain HTTP is sent on to where browsers find the site. At which port nginx listens does not tell: somebody
    /// in front may forward another one.
    private mutating func lookAtRedirect(_ nginx: NginxConfiguration) {
        let file = Self.listening[1]
        // A variable that is set to nothing is followed by no word.
        let set = nginx.values(of: "set", in: file).drop { $0 != "$bitstockerz_https_port" }.dropFirst().first
        let sent = set.map { String($0.drop { $0 == ":" }) } ?? "443"
        let ports = (configuration?.relyingParty?.origins ?? []).compactMap(Self.port)
        guard let port = ports.first, !ports.contains(sent) else { return }
        let remedy =
            port == "443"
            ? "take set $bitstockerz_https_port out of \(file)" : "set $bitstockerz_https_port :\(port); in \(file)"
        observations.append(
            .wrong(
                "nginx", "plain HTTP is sent on to port \(sent), and \(Variable.publicOrigins) has \(port)",
                remedy + ", then systemctl reload nginx"))
    }

    private mutating func lookAtPorts(_ nginx: NginxConfiguration) {
        let places = Self.listening.map { nginx.places(in: $0) }
        if let first = places[0].first { place = "\(first.address ?? "127.0.0.1"):\(first.port)" }
        let ports = Set(places.joined().map(\.port)).sorted()
        for port in ports.isEmpty ? [80, 443] : ports {
            guard let owner = Ports.owner(of: port) else {
                observations.append(.wrong("nginx", "nobody listens on port \(port)", "systemctl restart nginx"))
                continue
            }
            if owner != "?", !owner.hasPrefix("nginx ") {
                observations.append(
                    .wrong("nginx", "port \(port) is taken by \(owner)", "stop that, then systemctl restart nginx"))
            }
        }
    }

    private static func host(_ origin: String) -> String? {
        origin.firstRange(of: "://").map { String(origin[$0.upperBound...].prefix { $0 != ":" }) }
    }

    /// Nil for an origin that nobody is sent on to.
    private static func port(_ origin: String) -> String? {
        guard origin.hasPrefix("https://"), let colon = origin.lastIndex(of: ":") else { return nil }
        let port = String(origin[origin.index(after: colon)...])
        return port.hasPrefix("/") ? "443" : port
    }

    /// As nginx reads a name: plain, or a wildcard at one end.
    private static func covers(_ name: String, _ host: String) -> Bool {
        if name == host { return true }
        if name.hasPrefix("*.") { return host.hasSuffix(name.dropFirst()) }
        if name.hasPrefix(".") { return host.hasSuffix(name) || host == name.dropFirst() }
        return false
    }
}

/// What `nginx -T` prints: every file with the directives in it.
struct NginxConfiguration {
    private struct Directive {
        let file: String
        /// The block it stands in, as its line begins: `upstream name`; empty outside of all.
        let block: String
        let name: String
        let values: [String]
    }

    private var directives: [Directive] = []

    init(_ text: String) {
        var file = "", words: [String] = [], word = "", blocks: [String] = []
        var quote: Character?
        func endWord() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for line in text.split(separator: "\n") {
            let header = "# configuration file "
            if line.hasPrefix(header) {
                file = String(line.dropFirst(header.count).prefix { $0 != ":" })
                (words, word, quote, blocks) = ([], "", nil, [])
                continue
            }
            characters: for character in line {
                if let open = quote {
                    if character == open { quote = nil } else { word.append(character) }
                    continue
                }
                switch character {
                case "\"", "'": quote = character
                case "#" where word.isEmpty: break characters
                case ";", "{", "}":
                    endWord()
                    if let name = words.first {
                        directives.append(
                            Directive(
                                file: file, block: blocks.last ?? "", name: name, values: Array(words.dropFirst())))
                    }
                    if character == "{" { blocks.append(words.joined(separator: " ")) }
                    if character == "}", !blocks.isEmpty { blocks.removeLast() }
                    words = []
                case " ", "\t", "\r": endWord()
                default: word.append(character)
                }
            }
            if quote == nil { endWord() }
        }
    }

    /// The words behind every directive of a name, in order.
    ///
    /// - Parameters:
    ///   - file: nil for all of them.
    ///   - start: how the blocks begin that it stands in.
    func values(of name: String, in file: String? = nil, inBlocks start: String = "") -> [String] {
        directives.filter { directive in
            directive.name == name && (file == nil || directive.file == file) && directive.block.hasPrefix(start)
        }.flatMap(\.values)
    }

    /// What the `listen` lines of a file name: a port, of one address or of all (nil).
    func places(in file: String) -> [(address: String?, port: Int)] {
        directives.compactMap { directive in
            guard directive.name == "listen", directive.file == file, let place = directive.values.first else {
                return nil
            }
            if let port = Int(place) { return (nil, port) }
            let colon = place.last == "]" ? nil : place.lastIndex(of: ":")
            let address = String(place[..<(colon ?? place.endIndex)])
            guard let port = colon.map({ Int(place[place.index(after: $0)...]) }) ?? 80 else { return nil }
            return (["*", "[::]", "0.0.0.0"].contains(address) ? nil : address, port)
        }
    }
}
