import Glibc
public import System

/// Serves one-question conversations on a Unix socket: a client connects, sends one frame, and is answered at once or
/// later, when the owner has the answer; then the connection ends.
///
/// One thread owns it. Nothing a client does blocks that thread: sockets are non-blocking, a client that says nothing
/// or takes no answer is dropped.
public struct FrameServer: ~Copyable {
    /// A connected client; numbers are never used again.
    public typealias Client = Int

    public enum Event: Sendable {
        /// The client asked this.
        case asked(Client, [UInt8])
        /// The client went away before it was answered.
        case left(Client)
        /// The wake event fired.
        case woken
        /// A stop signal came.
        case stop
    }

    /// How long a client may take to send its question, in milliseconds.
    private static let patience: Int64 = 2_000
    private static let maxClients = 512

    private struct Connection {
        let client: Client
        let descriptor: Int32
        let since: Int64
        var received: [UInt8] = []
        var hasAsked = false
    }

    private let listening: Int32?
    private var connections: [Connection] = []
    private var nextClient = 1

    /// Takes over a listening Unix socket; without one it only waits.
    public init(listening descriptor: Int32?) throws(SystemError) {
        if let descriptor { try SharedListener.keepFromBlocking(descriptor) }
        listening = descriptor
    }

    deinit {
        for connection in connections { close(connection.descriptor) }
    }

    /// Waits for something to happen, at most `milliseconds`; the answer may be empty.
    ///
    /// - Parameter other: a descriptor of the owner's that ends the wait, too, when it has something to read.
    /// - Throws: ``SystemError`` when the system refuses to wait at all.
    public mutating func wait(
        milliseconds: Int, wake: WakeEvent, or other: Int32? = nil, stop: borrowing StopSignal
    ) throws(SystemError) -> [Event] {
        let isFull = connections.count >= Self.maxClients
        let descriptors =
            [isFull ? nil : listening, other].compactMap(\.self) + [wake.descriptor] + connections.map(\.descriptor)
        let ready: [Int32]
        switch try stop.wait(for: descriptors, timeoutMilliseconds: milliseconds) {
        case .stop: return [.stop]
        case .timedOut: ready = []
        case .readable(let some): ready = some
        }
        var events: [Event] = []
        for descriptor in ready {
            if descriptor == wake.descriptor {
                if wake.take() { events.append(.woken) }
            } else if descriptor != listening,
                let index = connections.firstIndex(where: { $0.descriptor == descriptor })
            {
                if let event = receive(index) { events.append(event) }
            }
        }
        dropSilent()
        if let listening, ready.contains(listening) { accept(on: listening) }
        return events
    }

    /// Answers a client and ends its connection. A client that has left is nobody's business any more.
    public mutating func answer(_ client: Client, _ message: [UInt8]) {
        guard let index = connections.firstIndex(where: { $0.client == client }) else { return }
        // An answer is far smaller than a socket's buffer: it fits at once, or the client does not read.
        try? Frame.write(message, to: connections[index].descriptor, by: Deadline(milliseconds: 0))
        drop(index)
    }

    private mutating func accept(on listening: Int32) {
        while connections.count < Self.maxClients, let socket = try? UnixSocket.accept(on: listening) {
            let descriptor = socket.release()
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            connections.append(
                Connection(client: nextClient, descriptor: descriptor, since: SystemClock.monotonicNanoseconds()))
            nextClient += 1
        }
    }

    /// Reads what has come; a frame that is complete becomes a question.
    private mutating func receive(_ index: Int) -> Event? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let client = connections[index].client
        while true {
            let count = recv(connections[index].descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return nil }
            guard count > 0, !connections[index].hasAsked else {
                let hadAsked = connections[index].hasAsked
                drop(index)
                return hadAsked ? .left(client) : nil
            }
            connections[index].received += buffer[..<count]
            switch Frame.split(connections[index].received) {
            case .incomplete: continue
            case .tooLarge:
                drop(index)
                return nil
            case .message(let question):
                connections[index].hasAsked = true
                connections[index].received = []
                return .asked(client, question)
            }
        }
    }

    private mutating func dropSilent() {
        let now = SystemClock.monotonicNanoseconds()
        for index in connections.indices.reversed()
        where !connections[index].hasAsked && now - connections[index].since > Self.patience * 1_000_000 {
            drop(index)
        }
    }

    private mutating func drop(_ index: Int) {
        close(connections[index].descriptor)
        connections.remove(at: index)
    }
}

extension Frame {
    enum Piece {
        case incomplete
        case tooLarge
        case message([UInt8])
    }

    /// The message at the start of what has been received so far.
    static func split(_ bytes: [UInt8]) -> Piece {
        guard bytes.count >= 4 else { return .incomplete }
        let count = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard count <= maximumBytes else { return .tooLarge }
        return bytes.count >= 4 + count ? .message(Array(bytes[4..<(4 + count)])) : .incomplete
    }
}
