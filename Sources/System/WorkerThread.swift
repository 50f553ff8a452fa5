import Glibc

/// A thread that blocks by design: each worker of a daemon owns one, with its own database session.
public enum WorkerThread {
    public struct Handle: @unchecked Sendable {
        fileprivate let thread: pthread_t

        /// Waits until the body has returned. To be called once.
        public func join() { pthread_join(thread, nil) }

        /// Lets the thread end when it likes. To be called once, in place of ``join()``.
        public func detach() { pthread_detach(thread) }
    }

    /// Starts `body` on a new thread.
    ///
    /// Signals the process waits for are blocked in it, because it inherits the starter's mask.
    /// - Throws: ``SystemError`` when the system has no thread left.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> Handle {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            throw SystemError("pthread_create", status)
        }
        return Handle(thread: thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
