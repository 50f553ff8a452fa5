internal import COpenSSL

/// X.509 certificates as they come with a signature: the signer's first, then those that vouch for it.
public struct CertificateChain: ~Copyable {
    public static let maxCertificates = 8

    /// One extension of a certificate: the DER inside its octet string.
    public struct Extension: Sendable, Equatable {
        public let isCritical: Bool
        public let value: [UInt8]
    }

    private let certificates: [OpaquePointer]  // X509 *; the first is the leaf

    /// - Parameter der: one certificate each, to the last byte; nil otherwise, and for none or more than
    ///   ``maxCertificates``.
    public init?(der: [[UInt8]]) {
        defer { ERR_clear_error() }
        guard 1...Self.maxCertificates ~= der.count else { return nil }
        var certificates: [OpaquePointer] = []
        for bytes in der {
            guard let certificate = readCertificate(bytes) else {
                for certificate in certificates { X509_free(certificate) }
                return nil
            }
            certificates.append(certificate)
        }
        self.certificates = certificates
    }

    deinit { for certificate in certificates { X509_free(certificate) } }

    // MARK: The leaf

    private var leaf: OpaquePointer { certificates[0] }

    /// 1, 2 or 3.
    public var leafVersion: Int { X509_get_version(leaf) + 1 }

    /// Nil for kinds of keys this module does not know.
    public var leafKey: PublicKey? {
        defer { ERR_clear_error() }
        return PublicKey(X509_get0_pubkey(leaf))
    }

    /// What the basic constraints say; nil when the leaf has none that can be read.
    public var leafIsAuthority: Bool? {
        let flags = X509_get_extension_flags(leaf)
        guard flags & UInt32(EXFLAG_BCONS) != 0, flags & UInt32(EXFLAG_INVALID) == 0 else { return nil }
        return flags & UInt32(EXFLAG_CA) != 0
    }

    public var leafHasSubject: Bool { X509_NAME_entry_count(X509_get_subject_name(leaf)) > 0 }

    /// The subject's values of one attribute type, in order, as text.
    ///
    /// - Parameter type: dotted decimal.
    public func leafSubject(_ type: String) -> [String] {
        guard let object = OBJ_txt2obj(type, 1) else { return [] }
        defer { ASN1_OBJECT_free(object) }
        let name = X509_get_subject_name(leaf)
        var values: [String] = []
        var index = X509_NAME_get_index_by_OBJ(name, object, -1)
        while index >= 0 {
            let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))
            var text: UnsafeMutablePointer<UInt8>?
            let length = ASN1_STRING_to_UTF8(&text, data)
            if length >= 0, let text {
                values.append(String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self))
                CRYPTO_free(text, nil, 0)
            }
            index = X509_NAME_get_index_by_OBJ(name, object, index)
        }
        return values
    }

    /// The leaf's extension of that type; nil when it has none, or more than one.
    ///
    /// - Parameter type: dotted decimal.
    public func leafExtension(_ type: String) -> Extension? {
        guard let object = OBJ_txt2obj(type, 1) else { return nil }
        defer { ASN1_OBJECT_free(object) }
        let index = X509_get_ext_by_OBJ(leaf, object, -1)
        guard index >= 0, X509_get_ext_by_OBJ(leaf, object, index) < 0,
            let found = X509_get_ext(leaf, index), let data = X509_EXTENSION_get_data(found)
        else { return nil }
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(data), count: Int(ASN1_STRING_length(data)))
        return Extension(isCritical: X509_EXTENSION_get_critical(found) == 1, value: Array(bytes))
    }

    // MARK: The chain

    /// Whether OpenSSL finds a valid path from the leaf over these certificates to one of `anchors`.
    ///
    /// An anchor need not be a root, and may be the leaf itself: a list of known authenticators names both. What a
    /// certificate may be used for is the caller's to check; no revocation is looked up.
    ///
    /// - Parameter time: Unix seconds; every certificate must be valid then.
    public func leads(to anchors: TrustAnchors, at time: Int64) -> Bool {
        defer { ERR_clear_error() }
        guard let store = X509_STORE_new() else { return false }
        defer { X509_STORE_free(store) }
        for anchor in anchors.certificates {
            guard let certificate = readCertificate(anchor) else { return false }
            defer { X509_free(certificate) }
            guard X509_STORE_add_cert(store, certificate) == 1 else { return false }
        }
        guard let context = X509_STORE_CTX_new(), let others = OPENSSL_sk_new_null() else { return false }
        defer {
            X509_STORE_CTX_free(context)
            OPENSSL_sk_free(others)
        }
        for certificate in certificates.dropFirst() { OPENSSL_sk_push(others, UnsafeRawPointer(certificate)) }
        guard X509_STORE_CTX_init(context, store, leaf, others) == 1,
            let parameters = X509_STORE_CTX_get0_param(context)
        else { return false }
        X509_VERIFY_PARAM_set_time(parameters, Int(time))
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        X509_VERIFY_PARAM_set_depth(parameters, CInt(Self.maxCertificates))
        return X509_verify_cert(context) == 1
    }
}

/// A certificate to the last byte; the caller frees it.
private func readCertificate(_ bytes: [UInt8]) -> OpaquePointer? {
    bytes.withUnsafeBufferPointer { buffer in
        var start = buffer.baseAddress
        guard let certificate = d2i_X509(nil, &start, buffer.count) else { return nil }
        guard start == buffer.baseAddress.map({ $0 + buffer.count }) else {
            X509_free(certificate)
            return nil
        }
        return certificate
    }
}
