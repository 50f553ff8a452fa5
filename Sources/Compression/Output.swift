/// Where a library puts what it has unpacked, a stretch at a time: very many that are empty cost no memory each.
final class Output {
    private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 262_144)

    deinit { buffer.deallocate() }

    /// - Parameter fill: writes into it, and says how many bytes.
    func bytes(_ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int) -> [UInt8] {
        let count = fill(buffer)
        return Array(buffer[..<count])
    }
}
