import Crypto
import Glibc
import System

/// The key that archives are encrypted with: 32 random bytes in a file of their own, as 64 hexadecimal digits. It is never
/// in an archive: who loses it has lost them all.
public struct BackupKey: Sendable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == SealedStream.keyLength)
        self.bytes = bytes
    }

    /// A new one in a new file, which only its owner may read.
    ///
    /// - Throws: ``BackupRefusal``; a file that is there already stays as it is.
    public static func make(_ path: String) throws(BackupRefusal) {
        let text = Array((hex(Random.bytes(SealedStream.keyLength)) + "\n").utf8)
        do throws(SystemError) {
            let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            do throws(SystemError) {
                try File.write(text, to: file.raw)
                guard fsync(file.raw) == 0 else { throw SystemError(path) }
            } catch {
                unlink(path)
                throw error
            }
        } catch {
            let reason = error.number == EEXIST ? "is there already: a key is never replaced" : error.reason
            throw BackupRefusal(.cannotWrite, "\(path): \(reason)")
        }
    }

    /// - Throws: ``BackupRefusal``, also when others than its owner and its group might read the file.
    public init(_ path: String) throws(BackupRefusal) {
        var status = stat()
        let text: String
        do throws(SystemError) {
            let file = try Descriptor(opening: path)
            guard fstat(file.raw, &status) == 0 else { throw SystemError(path) }
            text = String(
                decoding: try File.contents(from: file.raw, named: path, maximumBytes: 4_096), as: UTF8.self)
        } catch {
            throw BackupRefusal(
                .noInput, "the key \(path) cannot be read: \(error.reason); bitstockerz backup-key makes one")
        }
        guard status.st_mode & 0o037 == 0 else {
            throw BackupRefusal(
                .badKey,
                "the key \(path) may be read or changed by others: chmod 0600 it, or 0640 for a group that reads it")
        }
        guard let key = Crypto.bytes(hex: String(text.prefix { !$0.isWhitespace })),
            key.count == SealedStream.keyLength,
            text.drop(while: { !$0.isWhitespace }).allSatisfy(\.isWhitespace)
        else { throw BackupRefusal(.badKey, "\(path) is no key: one has 64 hexadecimal digits") }
        bytes = key
    }

    /// By which an archive tells its key from others, and from which nothing follows about the key.
    var fingerprint: [UInt8] { Array(hmacSHA256(key: bytes, Array("bitstockerz backup key 1".utf8)).prefix(8)) }

    /// The key of one archive: its header is random, so no two of them share one.
    func key(ofArchive header: [UInt8]) -> [UInt8] {
        hmacSHA256(key: bytes, Array("bitstockerz archive 1\n".utf8) + header)
    }
}
