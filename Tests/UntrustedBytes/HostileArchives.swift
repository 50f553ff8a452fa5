/// Archives of very many things that are nothing.
extension HostileInput {
    static let archives: [HostileInput] = [
        .init(.archive, "a zip of what a Mac leaves") { size in
            let name = Array("__MACOSX/".utf8)
            let head: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
            return repeated(head + [UInt8(name.count), 0, 0, 0] + name + [3, 0], size)
        },
        .init(.archive, "a zip of stored folders") { size in
            let head: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            return repeated(head + [2, 0, 0, 0] + Array("a/".utf8), size)
        },
        .init(.archive, "a zip whose one file is nothing but blocks") { size in
            let head: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            return head + [1, 0, 0, 0, UInt8(ascii: "a")] + repeated([0, 0, 0, 0xFF, 0xFF], size - 31)
        },
        .init(.archive, "gzip members of nothing") { size in
            let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
            return repeated(head + [3, 0] + [UInt8](repeating: 0, count: 8), size)
        },
        .init(.archive, "gzip, and zeros") { size in
            let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
            return head + [3, 0] + [UInt8](repeating: 0, count: max(0, size - 12))
        },
        .init(.archive, "zstd frames of nothing") { size in repeated(emptyFrame, size) },
        .init(.archive, "zstd frames that are skipped") { size in
            emptyFrame + repeated([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], size - emptyFrame.count)
        },
        .init(.archive, "a tar of folders") { size in
            var head = [UInt8](repeating: 0, count: 512)
            head.replaceSubrange(0..<2, with: "a/".utf8)
            head[156] = UInt8(ascii: "5")
            head.replaceSubrange(257..<262, with: "ustar".utf8)
            return repeated(head, size)
        },
        .init(.archive, "an empty tar with zeros behind it") { size in
            var head = [UInt8](repeating: 0, count: 512)
            head[0] = UInt8(ascii: "a")
            head.replaceSubrange(257..<262, with: "ustar".utf8)
            return head + [UInt8](repeating: 0, count: max(0, size - 512))
        },
    ]

    /// Of one segment, without a byte in its one block.
    private static let emptyFrame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0]
}

private func repeated(_ part: [UInt8], _ size: Int) -> [UInt8] {
    (0..<max(1, size / part.count)).flatMap { _ in part }
}
