import Crypto

/// Signature algorithms by their COSE number. RS1 (-65535) is not among them, and no credential ever has it.
public enum COSEAlgorithm: Int, Sendable, CaseIterable {
    case es256 = -7
    /// Ed25519 by the standard's convention (5.8.5).
    case edDSA = -8
    case es384 = -35
    case es512 = -36
    case ps256 = -37
    case rs256 = -257
    // Fully specified (RFC 9864): the number names the curve. Clients know the older numbers better; do not offer both.
    case esp256 = -9
    case esp384 = -51
    case esp512 = -52
    case ed25519 = -19
    case ed448 = -53
    // Module lattices. OpenSSL verifies them from version 3.5 on: with an older one a credential could be registered but
    // would never open a door, so do not offer them there.
    case mlDSA44 = -48
    case mlDSA65 = -49
    case mlDSA87 = -50

    /// What to offer, best first (5.4): every authenticator has one of them.
    public static let recommended: [COSEAlgorithm] = [.es256, .edDSA, .rs256]

    var scheme: SignatureScheme {
        switch self {
        case .es256, .esp256: .ecdsa(.sha256)
        case .es384, .esp384: .ecdsa(.sha384)
        case .es512, .esp512: .ecdsa(.sha512)
        case .edDSA, .ed25519, .ed448: .eddsa
        case .rs256: .rsaPKCS1(.sha256)
        case .ps256: .rsaPSS(.sha256)
        case .mlDSA44, .mlDSA65, .mlDSA87: .moduleLattice
        }
    }
}
