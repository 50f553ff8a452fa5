/// The attestation object (6.5.4): authenticator data, and a statement about them.
struct AttestationObject {
    let format: String
    let statement: CBORMap
    let authenticatorDataBytes: [UInt8]
    let authenticatorData: AuthenticatorData

    init(_ bytes: [UInt8]) throws(WebAuthnRefusal) {
        let item: CBOR
        do throws(CBORError) {
            item = try CBORReader.item(of: bytes)
        } catch {
            throw Self.refusal("\(error.code) at \(error.offset)")
        }
        guard case .map(let map) = item, map.count == 3, let format = map["fmt"]?.textValue,
            let statement = map["attStmt"]?.mapValue, let data = map["authData"]?.bytesValue
        else { throw Self.refusal("not fmt, attStmt and authData") }
        self.format = format
        self.statement = statement
        authenticatorDataBytes = data
        authenticatorData = try AuthenticatorData(data)
    }

    private static func refusal(_ detail: String) -> WebAuthnRefusal {
        WebAuthnRefusal(.malformedAttestationObject, detail)
    }
}
