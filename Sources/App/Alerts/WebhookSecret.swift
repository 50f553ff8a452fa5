import Crypto

/// What a webhook's messages are signed with. It is nowhere stored: it is derived from the installation's own secret and
/// the webhook's id, so that a copy of the database signs nothing.
struct WebhookSecret: Sendable {
    /// As its user was shown it.
    let text: String

    init(of webhookID: String, _ secret: ServerSecret) {
        text = "whsec_" + base64URL(hmacSHA256(key: secret.key(for: "webhook signatures"), Array(webhookID.utf8)))
    }

    init(text: String) { self.text = text }

    /// The header field `X-BitStockerz-Signature`: `t=1700000000,v1=…`, HMAC-SHA-256 in hex over the time, a point and the
    /// body. The time is signed too, so that a message that somebody has kept can be told by its age.
    func signature(of body: [UInt8], at seconds: Int64) -> String {
        "t=\(seconds),v1=\(hex(hmacSHA256(key: Array(text.utf8), Array("\(seconds).".utf8) + body)))"
    }
}
