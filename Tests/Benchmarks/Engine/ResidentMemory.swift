import Glibc

/// Of this process, in bytes, as the system counts it.
enum ResidentMemory {
    static var current: Int { kilobytes(of: "VmRSS:") * 1_024 }

    /// Since the last ``forgetPeak()``.
    static var peak: Int { kilobytes(of: "VmHWM:") * 1_024 }

    static func forgetPeak() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { fatalError("cannot reset the peak") }
        fputs("5", file)
        fclose(file)
    }

    private static func kilobytes(of name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { fatalError("cannot read the status") }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix(name) else { continue }
            return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
        }
        fatalError("the status does not tell \(name)")
    }
}
