internal import COpenSSL

extension PublicKey {
    /// Whether the parts are a key that may be trusted with a signature: a point of its curve in its one encoding and of
    /// no small order, or an RSA modulus of ``RSALimits/modulusBits`` with an odd exponent of at least 3.
    ///
    /// For the day a key is first seen; a key that was checked once need not be checked again.
    public func isSound() -> Bool {
        defer { ERR_clear_error() }
        switch self {
        case .elliptic:
            guard let key = KeyHandle(self), let context = EVP_PKEY_CTX_new_from_pkey(nil, key.raw, nil) else {
                return false
            }
            defer { EVP_PKEY_CTX_free(context) }
            return EVP_PKEY_public_check(context) == 1
        case .edwards(let curve, let point): return isSoundPoint(point, on: curve)
        case .rsa(let modulus, let exponent): return isSoundRSA(modulus, exponent)
        case .moduleLattice(let lattice, let key): return key.count == lattice.keyBytes
        }
    }
}

/// No leading zeros: a number has one encoding.
private func isSoundRSA(_ modulus: [UInt8], _ exponent: [UInt8]) -> Bool {
    guard let high = modulus.first, high != 0, let low = modulus.last, low & 1 == 1,
        RSALimits.modulusBits ~= modulus.count * 8 - high.leadingZeroBitCount,
        let highExponent = exponent.first, highExponent != 0, let lowExponent = exponent.last, lowExponent & 1 == 1
    else { return false }
    return exponent.count <= RSALimits.maxExponentBytes && exponent != [1]
}

/// Solves the curve for x: a y without a real x is no point, and OpenSSL only finds out at the first signature.
private func isSoundPoint(_ encoded: [UInt8], on curve: EdwardsCurve) -> Bool {
    guard encoded.count == curve.keyBytes, let context = BN_CTX_new() else { return false }
    defer { BN_CTX_free(context) }
    BN_CTX_start(context)
    defer { BN_CTX_end(context) }
    let numbers = (0..<6).compactMap { _ in BN_CTX_get(context) }
    guard numbers.count == 6 else { return false }
    let (p, d, y, u, v, one) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
    // Little-endian; the highest bit is the sign of x.
    var bytes = Array(encoded.reversed())
    bytes[0] &= 0x7F
    BN_bin2bn(bytes, CInt(bytes.count), y)
    BN_set_word(one, 1)
    setField(p, d, of: curve)
    guard BN_cmp(y, p) < 0 else { return false }
    // x² = u / v with u = y² - 1 and v = d y² + 1 (Ed25519) or d y² - 1 (Ed448): real when u v is a square.
    BN_mod_sqr(u, y, p, context)
    BN_mod_mul(v, u, d, p, context)
    BN_mod_sub(u, u, one, p, context)
    if curve == .ed25519 { BN_mod_add(v, v, one, p, context) } else { BN_mod_sub(v, v, one, p, context) }
    // u = 0 is x = 0 (order 1 or 2), y = 0 is order 4. Order 8, of Ed25519 only: doubling gives y = 0, so x² = -y².
    guard BN_is_zero(u) == 0, BN_is_zero(y) == 0 else { return false }
    if curve == .ed25519, hasOrderEight(y, u, v, p, context) { return false }
    BN_mod_mul(u, u, v, p, context)
    return BN_kronecker(u, p, context) == 1
}

/// Whether u / v = -y².
private func hasOrderEight(
    _ y: OpaquePointer, _ u: OpaquePointer, _ v: OpaquePointer, _ p: OpaquePointer, _ context: OpaquePointer
) -> Bool {
    BN_CTX_start(context)
    defer { BN_CTX_end(context) }
    guard let sum = BN_CTX_get(context) else { return false }
    BN_mod_sqr(sum, y, p, context)
    BN_mod_mul(sum, sum, v, p, context)
    BN_mod_add(sum, sum, u, p, context)
    return BN_is_zero(sum) == 1
}

/// RFC 8032 sections 5.1 and 5.2.
private func setField(_ p: OpaquePointer, _ d: OpaquePointer, of curve: EdwardsCurve) {
    BN_set_word(p, 1)
    switch curve {
    case .ed25519:
        BN_lshift(p, p, 255)
        BN_sub_word(p, 19)
        let constant = bytes(hex: "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3") ?? []
        BN_bin2bn(constant, CInt(constant.count), d)
    case .ed448:
        BN_lshift(p, p, 224)
        BN_sub_word(p, 1)
        BN_lshift(p, p, 224)
        BN_sub_word(p, 1)
        BN_copy(d, p)
        BN_sub_word(d, 39081)
    }
}
