internal import CPostgres

/// A wish that the statement under way should end, looked at while a session waits for the server.
///
/// The server is told once, and answers that the statement was cancelled (``PostgresError/Code/queryCancelled``); the
/// session stays usable. Telling it is a call that waits until the server has taken note, so what comes next on the
/// session is not hit.
public final class Interrupt {
    /// How often the wish is looked at, in milliseconds; what takes less is never interrupted.
    static let patience: Int32 = 20

    private let isWished: () -> Bool
    private var isSent = false

    /// - Parameter isWished: asked on the session's own thread.
    public init(_ isWished: @escaping () -> Bool) { self.isWished = isWished }

    /// Whether there may still be something to tell.
    var isWaiting: Bool { !isSent }

    func tell(_ raw: OpaquePointer) {
        guard !isSent, isWished() else { return }
        isSent = true
        guard let cancel = PQgetCancel(raw) else { return }
        defer { PQfreeCancel(cancel) }
        var reason = [CChar](repeating: 0, count: 256)
        // When it cannot be told, the statement ends by itself or at its time-out.
        PQcancel(cancel, &reason, Int32(reason.count))
    }
}
