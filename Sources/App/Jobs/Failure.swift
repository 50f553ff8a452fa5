import Postgres

/// Why a run or job has no result. Without a code it was wished so, and there is nothing to tell.
struct Failure: Sendable {
    let code: String
    let message: String

    static let form = Form<Failure>.object([.member("code", .text, \.code), .member("message", .text, \.message)])

    /// From the columns `error_code` and `error_message`.
    init?(_ row: inout RowReader) throws {
        let code = try row.next(String?.self), message = try row.next(String?.self)
        guard let code else { return nil }
        (self.code, self.message) = (code, message ?? "")
    }
}
