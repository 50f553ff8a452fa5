import Glibc
import System

/// Asks every few milliseconds until something is so.
///
/// - Returns: whether it was, before so many seconds were over.
public func eventually(seconds: Int = 60, _ isSo: () throws -> Bool) rethrows -> Bool {
    let deadline = Deadline(milliseconds: seconds * 1_000)
    while try !isSo() {
        guard deadline.remainingMilliseconds > 0 else { return false }
        usleep(10_000)
    }
    return true
}

/// The same where nothing more can be said without it.
///
/// - Parameters:
///   - what: is waited for; it goes into the error.
///   - isMoot: whether there is no more to wait for, which is as good.
/// - Throws: ``Late``; what the questions throw.
public func poll(
    _ what: String, seconds: Int = 60, orUntil isMoot: () throws -> Bool = { false }, _ isSo: () throws -> Bool
) throws {
    guard try eventually(seconds: seconds, { try isSo() || isMoot() }) else { throw Late(seconds: seconds, what: what) }
}

/// What was waited for has not come.
public struct Late: Error, CustomStringConvertible {
    let seconds: Int
    let what: String

    public var description: String { "waited \(seconds) s in vain for \(what)" }
}
