import Glibc
internal import HTTP
import System

/// Reads one request from a connection, bounded in bytes and time. Used again for the next one.
final class Input: BodySource {
    private var buffer = [UInt8](repeating: 0, count: Head.maximumBytes)
    private var start = 0
    private var end = 0
    private var scanner = HeadScanner()
    private var headByteCount = 0
    private var body = Body()

    /// What is still to come of a body, and of the record that it is in the middle of.
    private struct Body {
        var byteCount = 0, rest = 0
        var content = 0, padding = 0
        var requestID: UInt16 = 0
        var socket: Int32 = -1
        var deadline = Deadline(milliseconds: 0)
    }

    func readHead(
        from socket: Int32, maxParameterBytes: Int, by deadline: Deadline
    ) throws(InputError) -> Head {
        start = 0
        end = 0
        scanner.begin(maxParameterBytes: maxParameterBytes)
        while true {
            try fill(from: socket, by: deadline)
            let scan = buffer.withUnsafeBytes { scanner.scan(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
            switch scan {
            case .complete(let head):
                headByteCount = head.byteCount
                start = head.byteCount
                return head
            case .needsMore: continue
            case .garbage: throw .peerGone
            case .unknownRole(let id): throw .unknownRole(id)
            case .refused(let id, let reason): throw .refused(id, reason)
            }
        }
    }

    /// The bytes of the head; valid until the body is read.
    var head: ArraySlice<UInt8> { buffer[..<headByteCount] }

    /// What comes next is a body of so many bytes. Records after that are left unread.
    func beginBody(_ count: Int, of requestID: UInt16, from socket: Int32, by deadline: Deadline) {
        body = Body(byteCount: count, rest: count, requestID: requestID, socket: socket, deadline: deadline)
    }

    /// All of the body.
    func readBody() throws(InputError) -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(body.rest)
        while let piece = try nextPiece() { all.append(contentsOf: piece) }
        return all
    }

    var byteCount: Int { body.byteCount }

    func next() throws(BodyCutShortError) -> [UInt8]? {
        do { return try nextPiece().map { Array($0) } } catch { throw BodyCutShortError() }
    }

    /// What has come of the content of the input records, at most a buffer full; valid until the next call.
    private func nextPiece() throws(InputError) -> ArraySlice<UInt8>? {
        while true {
            if body.content == 0 {
                try skipPadding()
                guard body.rest > 0 else { return nil }
                try beginRecord()
            }
            if start == end { try fill(from: body.socket, by: body.deadline) }
            let taken = min(body.content, end - start)
            // What a record has beyond the length announced is passed over.
            let piece = buffer[start..<start + min(taken, body.rest)]
            start += taken
            body.content -= taken
            body.rest -= piece.count
            if !piece.isEmpty { return piece }
        }
    }

    private func beginRecord() throws(InputError) {
        while end - start < Head.recordHeaderBytes { try fill(from: body.socket, by: body.deadline) }
        let type = buffer[start + 1]
        let recordID = UInt16(buffer[start + 2]) << 8 | UInt16(buffer[start + 3])
        guard buffer[start] == 1, recordID == body.requestID else {
            throw .refused(body.requestID, .malformedRequest)
        }
        if type == Head.RecordType.abort { throw .peerGone }
        let content = Int(buffer[start + 4]) << 8 | Int(buffer[start + 5])
        // An empty record ends the input: it was shorter than announced.
        guard type == Head.RecordType.input, content > 0 else { throw .refused(body.requestID, .malformedRequest) }
        (body.content, body.padding) = (content, Int(buffer[start + 6]))
        start += Head.recordHeaderBytes
    }

    private func skipPadding() throws(InputError) {
        while body.padding > 0 {
            if start == end { try fill(from: body.socket, by: body.deadline) }
            let piece = min(body.padding, end - start)
            start += piece
            body.padding -= piece
        }
    }

    /// Whether the end of the input is here too: then nothing is under way and the connection can be closed at once.
    func hasEnd(of requestID: UInt16) -> Bool {
        end - start >= Head.recordHeaderBytes
            && buffer[start] == 1 && buffer[start + 1] == Head.RecordType.input
            && buffer[start + 2] == UInt8(requestID >> 8) && buffer[start + 3] == UInt8(requestID & 255)
            && buffer[start + 4] == 0 && buffer[start + 5] == 0
    }

    /// Takes what is still under way, until the peer closes: closing first would tell it of a failed write before it
    /// has read its answer.
    func discard(from socket: Int32, by deadline: Deadline) {
        shutdown(socket, Int32(SHUT_WR))
        for _ in 0..<4_096 {  // of at least one byte, at most 64 KiB
            start = end
            do { try fill(from: socket, by: deadline) } catch { return }
        }
    }

    /// Waits for more bytes. Room is made by moving what is unread to the front.
    private func fill(from socket: Int32, by deadline: Deadline) throws(InputError) {
        if start == end {
            start = 0
            end = 0
        } else if end == buffer.count {
            precondition(start > 0, "the head is bounded by the buffer")
            buffer.withUnsafeMutableBytes { bytes in
                _ = memmove(bytes.baseAddress!, bytes.baseAddress! + start, end - start)
            }
            end -= start
            start = 0
        }
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                recv(socket, bytes.baseAddress! + end, bytes.count - end, Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                end += count
                return
            }
            if count == 0 { throw .peerGone }
            switch errno {
            case EINTR: continue
            case EAGAIN: guard deadline.isReady(socket, POLLIN) else { throw .peerGone }
            default: throw .peerGone
            }
        }
    }
}

/// Why there is no request.
enum InputError: Error, Equatable {
    /// The peer left, stalled or never spoke FastCGI: there is nobody to answer.
    case peerGone
    case unknownRole(UInt16)
    case refused(UInt16, RequestError)
}
