/// How often a vendor may be asked.
public struct RequestPace: Sendable, Equatable {
    public let requests: Int
    /// In so many seconds.
    public let seconds: Int

    public static func aMinute(_ requests: Int) -> Self { Self(requests: requests, seconds: 60) }
    public static func anHour(_ requests: Int) -> Self { Self(requests: requests, seconds: 3_600) }
}
