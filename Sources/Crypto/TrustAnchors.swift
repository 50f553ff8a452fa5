internal import COpenSSL

/// Certificates that are believed because the operator says so.
public struct TrustAnchors: Sendable, Equatable {
    let certificates: [[UInt8]]  // DER

    public var count: Int { certificates.count }

    /// - Parameter der: one certificate each; nil when one of them is not.
    public init?(der certificates: [[UInt8]]) {
        guard certificates.allSatisfy({ CertificateChain(der: [$0]) != nil }) else { return nil }
        self.certificates = certificates
    }

    /// Reads every certificate of a PEM bundle, text between them ignored; nil when there is none or one is broken.
    public init?(pem: [UInt8]) {
        let read = withPEM(pem) { input -> [[UInt8]]? in
            var certificates: [[UInt8]] = []
            while let certificate = PEM_read_bio_X509(input, nil, nil, nil) {
                defer { X509_free(certificate) }
                var length = i2d_X509(certificate, nil)
                guard length > 0 else { return nil }
                certificates.append(
                    [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
                        var end = buffer.baseAddress
                        length = i2d_X509(certificate, &end)
                        count = Int(length)
                    })
            }
            // The end of the text is an error too, and the only one that is none.
            let isAtEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
            return !certificates.isEmpty && isAtEnd ? certificates : nil
        }
        guard let read else { return nil }
        certificates = read
    }
}
