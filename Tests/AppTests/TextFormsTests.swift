import Daemon
import HTTP
import JSON
import Testing

@testable import App

/// The document says of texts what the readers do, for every character that any of them may treat in a way of its own.
@Suite struct TextFormsTests {
    private static let scalars: [UnicodeScalar] = [
        1...0xA1, 0x301...0x301, 0x167F...0x1681, 0x180E...0x180E, 0x1FFF...0x200F, 0x2027...0x2030, 0x205E...0x2060,
        0x2FFF...0x3001, 0xFEFF...0xFEFF, 0x1F600...0x1F600,
    ].flatMap { (range: ClosedRange<UInt32>) in range.compactMap { UnicodeScalar($0) } }

    private static let forms: [(name: String, form: Form<String>, whole: String)] = [
        ("text", .text(1...9), "ab"), ("filled", .filled(1...9), "ab"), ("line", .line(1...9), "ab"),
        ("email", .email, "a@b"), ("address", .localAddress, "/a"),
    ]

    private static func isTaken(_ text: String, by form: Form<String>) -> Bool {
        var mistakes = Mistakes()
        return form.read?(.string(text), "x", &mistakes) != nil && mistakes.isEmpty
    }

    /// What a schema says of a text; its pattern is read once, which takes longer than to ask it.
    private struct Described {
        let pattern: Regex<AnyRegexOutput>
        let length: ClosedRange<Int>

        init(_ schema: Schema) throws {
            let rules = try #require(schema.value.objectValue)
            #expect(rules.names.sorted() == ["maxLength", "minLength", "pattern", "type"])
            pattern = try Regex(#require(rules["pattern"]?.stringValue)).matchingSemantics(.unicodeScalar)
            let bounds = ["minLength", "maxLength"].compactMap { rules[$0]?.numberValue?.int }
            length = try #require(bounds.first)...(try #require(bounds.last))
        }

        func takes(_ text: String) -> Bool {
            length.contains(text.unicodeScalars.count) && text.firstMatch(of: pattern) != nil
        }
    }

    @Test(arguments: forms.indices)
    func `a schema takes what its reader takes`(_ index: Int) throws {
        let (name, form, whole) = Self.forms[index], described = try Described(form.schema)
        for scalar in Self.scalars {
            let odd = String(scalar), middle = whole.index(after: whole.startIndex)
            for text in [
                odd, odd + odd, odd + whole, whole + odd, whole[..<middle] + odd + whole[middle...], odd + whole + odd,
            ] {
                let taken = Self.isTaken(text, by: form)
                #expect(
                    taken == described.takes(text),
                    "\(name) of U+\(String(scalar.value, radix: 16)), \(text.unicodeScalars.count) long: \(taken)")
            }
        }
    }

    @Test(arguments: [
        "/", "//", "//a", "/\\", "/a/", "/a//b?c", "/[", "a", "a@b", "@b", "a@", "a@b@c", " \n", " a ", "a\nb",
        "\na b\n", "123456789", "1234567890", "",
    ])
    func `the same of texts of every shape`(_ text: String) throws {
        for (name, form, _) in Self.forms {
            #expect(Self.isTaken(text, by: form) == (try Described(form.schema).takes(text)), "\(name)")
        }
    }

    @Test func `what a client calls its request is described as it is read`() throws {
        let field = Field<String?>.idempotencyKey("run"), described = try Described(#require(field.parts.first?.schema))
        let configuration = try Configuration([:])
        for text in Self.scalars.flatMap({ [String($0), "a\($0)b"] }) + [String(repeating: "a", count: 256)] {
            guard let request = try? Request(.post, "/x", fields: ["Idempotency-Key": text]) else { continue }
            let call = Call(request: request, caller: nil, configuration: configuration, log: Log(minimum: .error))
            let isTaken = (try? FieldReader.read(field, of: call)) == text
            #expect(isTaken == described.takes(text), "\(text.unicodeScalars.map(\.value))")
        }
    }
}
