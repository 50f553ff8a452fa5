internal import COpenSSL

/// The certificate that a server shows, as far as its operator has to look after it.
public struct ServerCertificate: Sendable, Equatable {
    /// Whole days until it ends; negative when it has ended.
    public let daysLeft: Int
    /// Whether it is for a host, of those asked about.
    private let hosts: Set<String>

    /// Reads the first certificate of a PEM file; nil when there is none.
    ///
    /// - Parameter candidates: hosts to be asked about.
    public init?(pem: [UInt8], for candidates: [String] = []) {
        let read = withPEM(pem) { input -> (daysLeft: Int, hosts: Set<String>)? in
            guard let certificate = PEM_read_bio_X509(input, nil, nil, nil) else { return nil }
            defer { X509_free(certificate) }
            var days: CInt = 0, seconds: CInt = 0
            // Nil stands for now.
            guard ASN1_TIME_diff(&days, &seconds, nil, X509_get0_notAfter(certificate)) == 1 else { return nil }
            let hosts = candidates.filter { X509_check_host(certificate, $0, $0.utf8.count, 0, nil) == 1 }
            return (Int(days) - (seconds < 0 ? 1 : 0), Set(hosts))
        }
        guard let read else { return nil }
        (daysLeft, hosts) = read
    }

    /// Whether a browser takes it for a host; false for one that ``init(pem:for:)`` was not told.
    public func covers(_ host: String) -> Bool { hosts.contains(host) }
}
