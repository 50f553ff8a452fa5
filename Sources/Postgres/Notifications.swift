internal import CPostgres

/// What the server tells by itself, on the channels of `LISTEN`.
extension Connection {
    /// What was told by `NOTIFY`, since the last call, on the channels that this session listens to, in its order: the
    /// payloads. Only what has arrived by the time of ``checkAlive()`` or of an answer; nothing is waited for.
    public mutating func takeNotifications() -> [String] {
        var payloads: [String] = []
        while isUsable, let notification = PQnotifies(raw) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }

    /// To wait at, among others, for something that the server tells by itself; ``checkAlive()`` takes it in. Never read from
    /// it. It ends with the session.
    public var socket: Int32 { PQsocket(raw) }
}
