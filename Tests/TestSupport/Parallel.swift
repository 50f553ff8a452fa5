import Foundation
import Synchronization

/// Runs `body` on so many threads at once, whatever the number of cores, and returns what they gave, in the order of
/// their numbers, when all have ended. Tests that wait for something (a lock, a process, a socket) hold the threads on
/// which Swift's tasks run, and these are no more than there are cores: a task beside a test may never begin.
/// - Throws: what the first of them threw, by number.
@discardableResult
public func inParallel<Output: Sendable, Failure: Error>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws(Failure) -> Output
) throws(Failure) -> [Output] {
    let group = DispatchGroup(), results = Box([Int: Result<Output, Failure>]())
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            let result = Result { () throws(Failure) in try body(number) }
            results.withLock { $0[number] = result }
            group.leave()
        }
    }
    group.wait()
    var outputs: [Output] = []
    for number in 0..<count { outputs.append(try results.withLock { $0[number]! }.get()) }
    return outputs
}

/// Runs `body` while `count` others are at work, each on a thread of its own until it hears that `body` is over, whether
/// well or not.
/// - Throws: the first of the others, for which `body` may have waited in vain, or else what `body` threw.
public func besideOthers<Output>(
    _ count: Int, _ work: @escaping @Sendable (_ number: Int, _ isOver: () -> Bool) throws -> Void,
    body: () throws -> Output
) throws -> Output {
    let group = DispatchGroup(), isOver = Box(false), failure = Box((any Error)?.none)
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            do { try work(number) { isOver.withLock { $0 } } } catch { failure.withLock { $0 = $0 ?? error } }
            group.leave()
        }
    }
    let result = Result(catching: body)
    isOver.withLock { $0 = true }
    group.wait()
    if let error = failure.withLock({ $0 }) { throw error }
    return try result.get()
}

/// A value that several threads change.
public final class Box<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    public init(_ value: Value) { mutex = Mutex(value) }

    public func withLock<T: Sendable>(_ body: (inout Value) throws -> T) rethrows -> T {
        try mutex.withLock { value in try body(&value) }
    }
}
