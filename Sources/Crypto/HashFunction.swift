internal import COpenSSL

/// The hash functions that signatures here are made over.
///
/// SHA-1 is for reading what trusted platform modules have signed, and for nothing that is ours.
public enum HashFunction: Sendable, Hashable {
    case sha1, sha256, sha384, sha512

    /// Bytes of a digest.
    public var length: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    var name: String {
        switch self {
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        case .sha384: "SHA384"
        case .sha512: "SHA512"
        }
    }

    /// OpenSSL's implementation (EVP_MD *), looked up once for the whole process.
    var implementation: OpaquePointer {
        switch self {
        case .sha1: Self.fetchedSHA1
        case .sha256: Self.fetchedSHA256
        case .sha384: Self.fetchedSHA384
        case .sha512: Self.fetchedSHA512
        }
    }

    // Immutable and reference-counted inside OpenSSL, so every thread may use them; they live as long as the process.
    private nonisolated(unsafe) static let fetchedSHA1 = fetch(.sha1)
    private nonisolated(unsafe) static let fetchedSHA256 = fetch(.sha256)
    private nonisolated(unsafe) static let fetchedSHA384 = fetch(.sha384)
    private nonisolated(unsafe) static let fetchedSHA512 = fetch(.sha512)

    private static func fetch(_ function: HashFunction) -> OpaquePointer {
        guard let implementation = EVP_MD_fetch(nil, function.name, nil) else {
            fatalError("OpenSSL offers no \(function.name)")
        }
        return implementation
    }
}

extension Digest {
    /// The digest by any of the hash functions.
    public static func hash(_ bytes: [UInt8], with function: HashFunction) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: function.length) { buffer, count in
            let status = bytes.withUnsafeBytes {
                EVP_Digest($0.baseAddress, $0.count, buffer.baseAddress, nil, function.implementation, nil)
            }
            precondition(status == 1, "OpenSSL refused a digest")
            count = function.length
        }
    }
}
