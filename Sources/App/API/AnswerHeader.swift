import JSON

/// A header field of answers, as the document describes it.
enum AnswerHeader: String, CaseIterable {
    case allow = "Allow"
    case authenticate = "WWW-Authenticate"
    case cacheControl = "Cache-Control"
    case disposition = "Content-Disposition"
    case hasMore = "X-Has-More"
    case location = "Location"
    case rateLimit = "RateLimit-Limit"
    case rateRemaining = "RateLimit-Remaining"
    case rateReset = "RateLimit-Reset"
    case retryAfter = "Retry-After"
    case tag = "ETag"

    /// Where a signed-in caller stands; not on what was refused before it was counted.
    static let standing: [AnswerHeader] = [.rateLimit, .rateRemaining, .rateReset]

    /// What may come along with a refusal of that status.
    static let ofRefusals: [Int: [AnswerHeader]] = [
        401: [.authenticate], 429: standing + [.retryAfter], 503: [.retryAfter],
    ]

    private var about: String {
        switch self {
        case .allow: "The methods that this address takes"
        case .authenticate: "How to sign in"
        case .cacheControl: "Who may keep the answer, and how long"
        case .disposition: "The name of the file"
        case .hasMore: "Whether more bars match than are here"
        case .location: "Where to go on"
        case .rateLimit: "How many such requests a minute are allowed"
        case .rateRemaining: "How many of them are left"
        case .rateReset: "After how many seconds they are counted anew"
        case .retryAfter: "After how many seconds to try again"
        case .tag: "Of what is in the answer; for If-None-Match"
        }
    }

    private var schema: Schema {
        switch self {
        case .rateLimit, .rateRemaining, .rateReset, .retryAfter: .type("integer", [("minimum", 0)])
        case .hasMore: .words(["true", "false"])
        default: .type("string")
        }
    }

    /// Under its name in the document.
    func described(isRequired: Bool) -> (String, Value) {
        (rawValue, ["description": .string(about), "required": .bool(isRequired), "schema": schema.value])
    }
}
