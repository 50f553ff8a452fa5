internal import COpenSSL

/// One key of OpenSSL, either half, with its only owner.
struct KeyHandle: ~Copyable {
    let raw: OpaquePointer  // EVP_PKEY *

    /// Takes the key over.
    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { EVP_PKEY_free(raw) }

    /// Nil when the parts are not a key.
    init?(_ key: PublicKey) {
        let raw: OpaquePointer? =
            switch key {
            case .elliptic(let curve, let point): makeKey(curve, point: point)
            case .edwards(let curve, let point): makeKey(curve.name, raw: point)
            case .moduleLattice(let lattice, let key): makeKey(lattice.name, raw: key)
            case .rsa(let modulus, let exponent): makeKey(modulus: modulus, exponent: exponent)
            }
        guard let raw else { return nil }
        self.raw = raw
    }

    borrowing func verifies(
        _ signature: [UInt8], of message: [UInt8], _ function: HashFunction?, padding: CInt?
    ) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?  // EVP_PKEY_CTX *, owned by `context`
        guard EVP_DigestVerifyInit_ex(context, &parameters, function?.name, nil, nil, raw, nil) == 1,
            setPadding(padding, of: parameters)
        else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// The padding of an RSA signature; nil for a key that has none.
func setPadding(_ padding: CInt?, of parameters: OpaquePointer?) -> Bool {
    guard let padding else { return true }
    guard EVP_PKEY_CTX_set_rsa_padding(parameters, padding) > 0 else { return false }
    return padding != RSA_PKCS1_PSS_PADDING
        || EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) > 0
}

/// A curve as a key without a point (EVP_PKEY *); the caller frees it.
func makeKey(_ curve: EllipticCurve) -> OpaquePointer? {
    var name = Array(curve.name.utf8CString)
    return name.withUnsafeMutableBufferPointer { name in
        makeKey("EC", [OSSL_PARAM_construct_utf8_string(ParameterName.group, name.baseAddress, 0)])
    }
}

private func makeKey(_ curve: EllipticCurve, point: [UInt8]) -> OpaquePointer? {
    guard point.count == 1 + 2 * curve.fieldBytes, point[0] == 4, let key = makeKey(curve) else { return nil }
    guard EVP_PKEY_set1_encoded_public_key(key, point, point.count) == 1 else {
        EVP_PKEY_free(key)
        return nil
    }
    return key
}

private func makeKey(_ name: String, raw key: [UInt8]) -> OpaquePointer? {
    EVP_PKEY_new_raw_public_key_ex(nil, name, nil, key, key.count)
}

private func makeKey(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
    guard 1...RSALimits.modulusBits.upperBound / 8 ~= modulus.count,
        1...RSALimits.maxExponentBytes ~= exponent.count
    else { return nil }
    // Numbers among OpenSSL's parameters have the machine's byte order, which is little-endian on all of ours.
    var modulus = Array(modulus.reversed())
    var exponent = Array(exponent.reversed())
    return modulus.withUnsafeMutableBufferPointer { modulus in
        exponent.withUnsafeMutableBufferPointer { exponent in
            makeKey(
                "RSA",
                [
                    OSSL_PARAM_construct_BN(ParameterName.modulus, modulus.baseAddress, modulus.count),
                    OSSL_PARAM_construct_BN(ParameterName.exponent, exponent.baseAddress, exponent.count),
                ])
        }
    }
}

private func makeKey(_ name: String, _ parameters: [OSSL_PARAM]) -> OpaquePointer? {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var parameters = parameters + [OSSL_PARAM_construct_end()]
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY_SELECTION, &parameters) == 1
    else {
        EVP_PKEY_free(key)
        return nil
    }
    return key
}

/// Names of OpenSSL's parameters (openssl/core_names.h). A parameter keeps the pointer it is given, so these must stay
/// where they are, which strings of Swift made from the macros would not.
private enum ParameterName {
    static var group: UnsafePointer<CChar> { pointer("group") }
    static var modulus: UnsafePointer<CChar> { pointer("n") }
    static var exponent: UnsafePointer<CChar> { pointer("e") }

    private static func pointer(_ name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
