import Foundation
import Synchronization

/// A server on loopback that reads each request whole and answers it with bytes of the test's choosing, however wrong.
/// Every connection has a thread of its own, and ends with its answer.
public final class LoopbackServer: Sendable {
    public let port: UInt16
    private let listener: Int32
    private let received = Mutex<[String]>([])
    private let isStopped = Atomic(false)

    public struct Failure: Error { public init() {} }

    /// Somebody who has asked.
    public struct Peer: Sendable {
        fileprivate let connection: Int32

        /// False when nobody reads any more.
        @discardableResult
        public func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(connection, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Says nothing until the other side gives up.
        public func waitUntilClosed() {
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        }
    }

    /// - Parameter answer: gets a request, head and body; may take its time.
    public convenience init(_ answer: @escaping @Sendable (String) -> [UInt8]) throws {
        try self.init(serving: { request, peer in peer.send(answer(request)) })
    }

    /// - Parameter serve: gets a request, head and body, and answers as it likes.
    public init(serving serve: @escaping @Sendable (String, Peer) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 ? getsockname(listener, pointer, &length) : -1
            }
        }
        guard status == 0, listen(listener, 64) == 0 else { throw Failure() }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Closed only here: under the accepting thread the number could become another server's.
                    close(listener)
                    return
                }
                Thread.detachNewThread { [weak self] in
                    let request = Self.read(connection)
                    self?.received.withLock { $0.append(request) }
                    serve(request, Peer(connection: connection))
                    close(connection)
                }
            }
        }
    }

    deinit { stop() }

    public convenience init(answering text: String) throws {
        try self.init { _ in Array(text.utf8) }
    }

    /// From now on nobody listens.
    public func stop() {
        if !isStopped.exchange(true, ordering: .relaxed) { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    public var requests: [String] { received.withLock { $0 } }

    /// Head and body, by the length that the head tells. Nothing more is waited for from who speaks TLS.
    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let length = text[..<end.lowerBound].split(separator: "\r\n").lazy.compactMap { line -> Int? in
                    line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
                }.first
                if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
            }
            if bytes.first == 0x16 { return "" }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return text }
            bytes += buffer[..<count]
        }
    }
}
