internal import COpenSSL

extension PublicKey {
    /// The public parts of a key of OpenSSL's; nil for kinds this module does not know.
    init?(_ key: OpaquePointer?) {
        guard let key else { return nil }
        if EVP_PKEY_is_a(key, "EC") == 1 {
            self.init(elliptic: key)
        } else if EVP_PKEY_is_a(key, "RSA") == 1 {
            guard let modulus = number(OSSL_PKEY_PARAM_RSA_N, of: key),
                let exponent = number(OSSL_PKEY_PARAM_RSA_E, of: key)
            else { return nil }
            self = .rsa(modulus: modulus, exponent: exponent)
        } else if let curve = EdwardsCurve.allCases.first(where: { EVP_PKEY_is_a(key, $0.name) == 1 }) {
            var length = curve.keyBytes
            var point = [UInt8](repeating: 0, count: length)
            guard EVP_PKEY_get_raw_public_key(key, &point, &length) == 1, length == curve.keyBytes else { return nil }
            self = .edwards(curve, point: point)
        } else {
            return nil
        }
    }

    private init?(elliptic key: OpaquePointer) {
        var name = [CChar](repeating: 0, count: 64)
        guard EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, &name, name.count, nil) == 1 else {
            return nil  // a curve spelled out by its parameters
        }
        // OpenSSL has two names for P-256.
        let curves: [String: EllipticCurve] = [
            "prime256v1": .p256, "P-256": .p256, "secp384r1": .p384, "P-384": .p384, "secp521r1": .p521, "P-521": .p521,
        ]
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let curve = curves[text] else { return nil }
        var point = [UInt8](repeating: 0, count: 1 + 2 * curve.fieldBytes)
        var length = 0
        guard EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, &point, point.count, &length) == 1,
            length == point.count, point[0] == 4
        else { return nil }
        self = .elliptic(curve, point: point)
    }
}

/// Big-endian, without leading zeros.
private func number(_ name: String, of key: OpaquePointer) -> [UInt8]? {
    var number: OpaquePointer?  // BIGNUM *
    guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { return nil }
    defer { BN_free(number) }
    let length = (Int(BN_num_bits(number)) + 7) / 8
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
        BN_bn2bin(number, buffer.baseAddress)
        count = length
    }
}
