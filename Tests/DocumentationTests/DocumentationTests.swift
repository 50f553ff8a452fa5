import Foundation
import Testing

/// The examples in the documentation of types, compiled, beside this file; and nothing stands in a comment as an example that
/// does not stand there, with the result that the comment gives it.
@Suite struct DocumentationTests {
    private struct Example {
        let code: String
        /// A literal, where the comment behind the code begins with one.
        let result: String?
    }

    private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let root = here.appending(path: "../..").standardizedFileURL

    @Test func `every example is compiled, and holds`() throws {
        let compiled = try Self.files(in: Self.here).filter { $0.lastPathComponent != "DocumentationTests.swift" }
            .flatMap { try Self.lines(of: $0) }
        for target in try Self.targets() {
            var examples = 0
            for file in Self.files(in: Self.root.appending(path: "Sources/\(target)")) {
                for example in Self.examples(in: try Self.lines(of: file)) {
                    examples += 1
                    let places = compiled.indices.filter { compiled[$0].contains(example.code) }
                    #expect(!places.isEmpty, "\(target)/\(file.lastPathComponent): \(example.code)")
                    guard let result = example.result else { continue }
                    // It is expected where the code stands, or right behind it.
                    #expect(
                        places.contains { compiled[$0...].prefix(2).joined().contains(result) },
                        "\(target)/\(file.lastPathComponent): \(example.code) is to be \(result)")
                }
            }
            #expect(examples > 0, "\(target) has no example")
        }
    }

    /// The libraries of the package.
    private static func targets() throws -> [String] {
        let package = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let names = package.matches(of: /\.target\(\s*name: "(\w+)"(?<rest>[^()]*(?:\([^()]*\)[^()]*)*)\)/)
            .filter { !$0.rest.contains("path:") }.map { String($0.1) }
        #expect(names.count > 20)
        return names
    }

    private static func files(in folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    }

    private static func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    /// Lines of documentation between ```` ```swift ```` and ```` ``` ````, and those that are indented after an empty one.
    private static func examples(in lines: [String]) -> [Example] {
        var examples: [Example] = [], fence: String?
        var isIndented = false, isAfterEmpty = false
        for line in lines {
            guard line.hasPrefix("///") else {
                (fence, isIndented, isAfterEmpty) = (nil, false, false)
                continue
            }
            let text = line.dropFirst(3)
            if text.hasPrefix(" ```") {
                fence = fence == nil ? String(text.dropFirst(4)) : nil
                continue
            }
            isIndented = fence == nil && text.hasPrefix("     ") && (isIndented || isAfterEmpty)
            isAfterEmpty = text.isEmpty
            if fence == "swift" || isIndented, let example = example(in: text) { examples.append(example) }
        }
        return examples
    }

    private static func example(in line: Substring) -> Example? {
        let parts = line.split(separator: #/\s+// /#, maxSplits: 1)
        guard let code = parts.first?.trimmingCharacters(in: .whitespaces), !code.isEmpty, !line.hasPrefix(" // ")
        else {
            return nil
        }
        let literal = #/(-?[\d_.]+|#"[^#]*"#|"[^"]*"|nil|true|false|\[.*\]|\.\w+(\(.*\))?)($|[:,;] )/#
        return Example(code: code, result: parts.dropFirst().first?.prefixMatch(of: literal).map { String($0.1) })
    }
}
