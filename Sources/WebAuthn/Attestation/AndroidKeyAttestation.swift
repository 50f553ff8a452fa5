import Crypto

extension AttestationStatement {
    /// The format of Android's keystore (8.4).
    func verifyAndroidKey() throws(WebAuthnRefusal) -> StatementProof {
        try checkMembers(["alg", "sig", "x5c"])
        let number = try algorithm()
        let chain = try certificates()
        guard let certified = chain.leafKey, let algorithm = COSEAlgorithm(rawValue: number),
            certified.verifies(try bytes("sig"), of: signedBytes, algorithm.scheme)
        else { throw WebAuthnRefusal(.wrongAttestationSignature, "algorithm \(number)") }
        guard certified == key.key else {
            throw WebAuthnRefusal(.wrongAttestationContent, "the certificate's key is not the credential's")
        }
        guard let encoded = chain.leafExtension(ObjectID.androidKeyDescription),
            let description = KeyDescription(encoded.value)
        else { throw WebAuthnRefusal(.wrongAttestationCertificate, "key description") }
        guard description.challenge == clientDataHash else {
            throw WebAuthnRefusal(.wrongAttestationContent, "attestationChallenge")
        }
        // What the system enforces counts like what its trusted environment does: which of them to believe is a question
        // of the anchors. An absent origin or purpose is not held against the key: the lists of the standard's own
        // example are empty, and a keystore writes both.
        guard !description.lists.contains(where: \.isForAllApplications) else {
            throw WebAuthnRefusal(.wrongAttestationContent, "allApplications")
        }
        guard description.lists.allSatisfy({ $0.origin == nil || $0.origin == AuthorizationList.generated }) else {
            throw WebAuthnRefusal(.wrongAttestationContent, "origin")
        }
        // Keystores list "verify" beside "sign": it is what the public half is for.
        let purposes = Set(description.lists.flatMap(\.purposes))
        guard purposes.isEmpty || purposes.contains(AuthorizationList.sign),
            purposes.isSubset(of: [AuthorizationList.sign, AuthorizationList.verify])
        else { throw WebAuthnRefusal(.wrongAttestationContent, "purpose") }
        return .certified(chain)
    }
}

/// The keystore's extension (1.3.6.1.4.1.11129.2.1.17), of which only these parts matter here.
private struct KeyDescription {
    let challenge: [UInt8]
    /// What the system enforces, and what its trusted environment does.
    let lists: [AuthorizationList]

    init?(_ bytes: [UInt8]) {
        // Two versions with their security levels, challenge, unique ID, softwareEnforced, teeEnforced.
        guard let sequence = DERElement.only(in: bytes), sequence.isUniversal(.sequence),
            let fields = sequence.elements, fields.count == 8,
            fields[..<4].allSatisfy({ $0.integer != nil }), let challenge = fields[4].octets, fields[5].octets != nil,
            let software = AuthorizationList(fields[6]), let trusted = AuthorizationList(fields[7])
        else { return nil }
        self.challenge = Array(challenge)
        lists = [software, trusted]
    }
}

private struct AuthorizationList {
    /// KM_ORIGIN_GENERATED, KM_PURPOSE_SIGN, KM_PURPOSE_VERIFY.
    static let generated = 0, sign = 2, verify = 3

    var purposes: [Int] = []
    var origin: Int?
    var isForAllApplications = false

    init?(_ element: DERElement) {
        guard element.isUniversal(.sequence), let members = element.elements else { return nil }
        var last: UInt32 = 0
        for member in members {
            // Explicit tags in rising order, so none occurs twice.
            guard member.tagClass == .contextSpecific, member.number > last, let content = member.elements,
                content.count == 1
            else { return nil }
            last = member.number
            switch member.number {
            case 1:
                guard content[0].isUniversal(.set), let values = content[0].elements?.map(\.integer) else { return nil }
                purposes = values.compactMap { $0 }
                guard purposes.count == values.count else { return nil }
            case 600: isForAllApplications = true
            case 702:
                guard let value = content[0].integer else { return nil }
                origin = value
            default: break
            }
        }
    }
}
