// Signs in with passkeys as fast as it can, for `make bench`.
//
// usage: WebAuthnSpeed FILE           writes ceremonies of fresh ES256 keys, for this program and its peers
//        WebAuthnSpeed FILE SECONDS   verifies them in turns for so long; prints {"assertions": N, "cpu_seconds": S}
//
// Like openssl speed it runs for so long by the clock on the wall and counts its own time in the processor.
import Crypto
import Glibc
import JSON
import System
import WebAuthn

let relyingParty = RelyingParty(id: "example.org", origins: ["https://example.org"])
let userHandle = Array("bench".utf8)

switch CommandLine.arguments.count {
case 2:
    var writer = Writer()
    writer.value(.array((0..<16).map { _ in ceremony() }))
    try write(writer.bytes, to: CommandLine.arguments[1])
case 3:
    let ceremonies = try read(CommandLine.arguments[1])
    let seconds = Double(CommandLine.arguments[2]) ?? 1
    var count = 0
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    let begin = processorSeconds()
    while clock.now < end {
        for ceremony in ceremonies { try ceremony.verify() }
        count += ceremonies.count
    }
    let spent = processorSeconds() - begin
    print(#"{"assertions": \#(count), "cpu_seconds": \#(spent)}"#)
default:
    print("usage: WebAuthnSpeed FILE [SECONDS]")
    exit(64)
}

/// What a server has when a passkey signs in: the body, the challenge it gave and the credential it stored.
struct Ceremony {
    let body: [UInt8]
    let challengeHash: [UInt8]
    let record: CredentialRecord

    func verify() throws {
        let answer = try AuthenticationAnswer(parse(body))
        let authentication = Authentication(challenge: .sha256(challengeHash), relyingParty: relyingParty)
        let result = try authentication.verify(answer, against: record)
        guard result.record.signCount == 1 else { fatalError("not verified") }
    }
}

/// One sign-in by a key that exists for it alone.
func ceremony() -> Value {
    let key = PrivateKey(.elliptic(.p256))
    guard case .elliptic(_, let point) = key.publicKey else { fatalError("no point") }
    let cose =
        [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20] + point[1..<33] + [0x22, 0x58, 0x20] + point[33...]
    let challenge = base64URL(Random.bytes(32))
    let clientData = Array(
        #"{"type":"webauthn.get","challenge":"\#(challenge)","origin":"https://example.org","crossOrigin":false}"#.utf8)
    let data = Digest.sha256(Array(relyingParty.id.utf8)) + [0x05, 0, 0, 0, 1]
    guard let signature = key.sign(data + Digest.sha256(clientData), .ecdsa(.sha256)) else { fatalError("not signed") }
    let id = base64URL(Random.bytes(32))
    return [
        "challenge": .string(challenge), "public_key": .string(base64URL(cose)),
        "credential": [
            "id": .string(id), "rawId": .string(id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": [:],
            "response": [
                "clientDataJSON": .string(base64URL(clientData)), "authenticatorData": .string(base64URL(data)),
                "signature": .string(base64URL(signature)), "userHandle": .string(base64URL(userHandle)),
            ],
        ],
    ]
}

func read(_ path: String) throws -> [Ceremony] {
    guard let file = fopen(path, "r") else { fatalError("cannot read \(path)") }
    defer { fclose(file) }
    var content = [UInt8](repeating: 0, count: 1_000_000)
    content.removeLast(content.count - fread(&content, 1, content.count, file))
    return try parse(content, limits: ParseLimits(maxBytes: 1_000_000)).arrayValue!.map { value in
        let object = value.objectValue!
        let credential = object["credential"]!
        return Ceremony(
            body: credential.bytes, challengeHash: Digest.sha256(bytes(base64URL: object["challenge"]!.stringValue!)!),
            record: CredentialRecord(
                id: bytes(base64URL: credential.objectValue!["id"]!.stringValue!)!,
                publicKey: bytes(base64URL: object["public_key"]!.stringValue!)!, signCount: 0, userHandle: userHandle,
                isBackupEligible: false, isBackedUp: false, isUserVerificationInitialized: true))
    }
}

func write(_ content: [UInt8], to path: String) throws {
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    guard fwrite(content, 1, content.count, file) == content.count, fclose(file) == 0 else { fatalError("write") }
}

/// Of this process and outside the system, so that neighbours cost it little.
func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
}
