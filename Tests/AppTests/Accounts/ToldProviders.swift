@testable import App

/// Providers that say what the test wants, without a network.
final class ToldProviders: IdentityProviders {
    /// Of an installation that takes both.
    static let configuration = [
        "GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "secret", "APPLE_CLIENT_ID": "id", "APPLE_TEAM_ID": "team",
        "APPLE_KEY_ID": "key", "APPLE_PRIVATE_KEY": ProviderConfigurationTests.signingKey,
    ]

    var result: Result<Identity, IdentityRefusal> = .failure(IdentityRefusal(.refused, "nothing told"))
    private(set) var requests: [AuthorizationRequest] = []
    private(set) var answers: [[String: String]] = []
    var during: () throws -> Void = {}

    func address(_ request: AuthorizationRequest) -> String {
        requests.append(request)
        return "https://provider.example/authorize?state=\(request.state)"
    }

    func identity(_ request: AuthorizationRequest, answer: [String: String]) throws(IdentityRefusal) -> Identity {
        requests.append(request)
        answers.append(answer)
        try? during()
        return try result.get()
    }
}
