import JSON
import Testing

@Suite struct ParserTests {
    @Test(
        arguments: [
            ("null", .null),
            (" true\r\n\t", true),
            ("false", false),
            ("0", 0),
            ("-12", -12),
            ("0.5", 0.5),
            (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀""#, "a\"\\/\u{8}\u{C}\n\r\té😀é😀"),
            ("[]", []),
            ("{ }", [:]),
            (#"{"b":[1,{"a":null},"x"],"a":{}}"#, ["b": [1, ["a": .null], "x"], "a": [:]]),
        ] as [(String, Value)])
    func `reads valid documents`(_ text: String, _ expected: Value) throws {
        #expect(try parse(Array(text.utf8)) == expected)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0, ""),
            ("  ", .unexpectedEnd, 2, ""),
            ("\u{FEFF}1", .byteOrderMark, 0, ""),
            ("1 2", .trailingBytes, 2, ""),
            ("{}}", .trailingBytes, 2, ""),
            ("nul", .unexpectedByte, 0, ""),
            ("True", .unexpectedByte, 0, ""),
            ("NaN", .unexpectedByte, 0, ""),
            ("'a'", .unexpectedByte, 0, ""),
            ("01", .invalidNumber, 0, ""),
            ("-", .invalidNumber, 0, ""),
            ("-01", .invalidNumber, 0, ""),
            ("1.", .invalidNumber, 0, ""),
            ("1.e1", .invalidNumber, 0, ""),
            ("[1e+]", .invalidNumber, 1, "[0]"),
            (".5", .unexpectedByte, 0, ""),
            ("+1", .unexpectedByte, 0, ""),
            ("[1,]", .unexpectedByte, 3, "[1]"),
            ("[1 2]", .unexpectedByte, 3, ""),
            ("[1", .unexpectedEnd, 2, ""),
            (#"{"a":1,}"#, .unexpectedByte, 7, ""),
            (#"{"a" 1}"#, .unexpectedByte, 5, "a"),
            ("{a:1}", .unexpectedByte, 1, ""),
            (#"{"a":[0,{"b":tru}]}"#, .unexpectedByte, 13, "a[1].b"),
            (#"{"x":{"a":1,"\u0061":2}}"#, .duplicateKey, 12, "x.a"),
            (#""ab"#, .unexpectedEnd, 3, ""),
            (#""\x""#, .invalidEscape, 1, ""),
            (#""\u12g4""#, .invalidEscape, 1, ""),
            (#""\"#, .invalidEscape, 1, ""),
            (#""\ud800""#, .loneSurrogate, 1, ""),
            (#""\ud800\u0041""#, .loneSurrogate, 1, ""),
            (#""\udc00\ud800""#, .loneSurrogate, 1, ""),
            (#""\u0000""#, .nullCharacter, 1, ""),
            ("\"a\u{0}\"", .nullCharacter, 2, ""),
            ("\"a\nb\"", .controlCharacter, 2, ""),
        ] as [(String, ParseError.Code, Int, String)])
    func `refuses invalid documents`(_ text: String, _ code: ParseError.Code, _ offset: Int, _ path: String) {
        let error = #expect(throws: ParseError.self) { try parse(Array(text.utf8)) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.path == path)
    }

    @Test(
        arguments: [
            ("a lone continuation byte", [0x80], 0),
            ("a character cut by the end of the string", [0x61, 0xE2, 0x82], 1),
            ("an overlong slash", [0xC0, 0xAF], 0),
            ("an encoded surrogate", [0xC3, 0xA9, 0xED, 0xA0, 0x80], 2),
            ("a code point after the last", [0xF4, 0x90, 0x80, 0x80], 0),
            ("a character cut by an escape", [0x61, 0xC3] + Array(#"\u00a9"#.utf8), 1),
        ] as [(String, [UInt8], Int)])
    func `refuses invalid UTF-8`(_ behaviour: String, _ content: [UInt8], _ offset: Int) {
        let error = #expect(throws: ParseError.self, "\(behaviour)") { try parse([0x22] + content + [0x22]) }
        #expect(error?.code == .invalidUTF8, "\(behaviour)")
        #expect(error?.offset == offset + 1, "\(behaviour)")
    }

    @Test(
        arguments: [
            ("thirty accents", String(repeating: "\u{301}", count: 30), true),
            ("one more", String(repeating: "\u{301}", count: 31), false),
            ("in escapes", String(repeating: "\\u0301", count: 31), false),
            ("in both", String(repeating: "\u{301}\\u0323", count: 16), false),
            ("vowels that are two of them", String(repeating: "\u{F73}", count: 31), false),
            ("two runs of thirty", String(repeating: "n" + String(repeating: "\u{301}", count: 30), count: 2), true),
            ("many that are none", String(repeating: "\u{FE0F}", count: 5_000), true),
        ])
    func `takes as many combining marks as can be compared soon`(_ behaviour: String, _ text: String, _ isTaken: Bool) {
        var code: ParseError.Code?
        do throws(ParseError) { _ = try parse(Array("[\"\(text)\"]".utf8)) } catch { code = error.code }
        #expect(code == (isTaken ? nil : .combiningMarks), "\(behaviour)")
    }

    @Test func `names are the same when their code points are`() throws {
        let padding = (0..<20).map { ",\"k\($0)\":0" }.joined()
        for many in ["", padding] {
            let two = try parse(Array("{\"é\":1\(many),\"e\u{301}\":2}".utf8))
            #expect(two.objectValue?.names.count == (many.isEmpty ? 2 : 22))
            let error = #expect(throws: ParseError.self) { try parse(Array("{\"é\":1\(many),\"\\u00e9\":2}".utf8)) }
            #expect(error?.code == .duplicateKey)
        }
    }

    @Test func `members are found by the code points of their names`() throws {
        var object = try #require(try parse(Array("{\"é\":1,\"b\":2}".utf8)).objectValue)
        #expect(object["é"] == 1 && object["e\u{301}"] == nil)
        #expect(object.names(besides: ["b", "e\u{301}"]) == ["é"])
        object["e\u{301}"] = 3
        #expect(object.count == 3 && object["é"] == 1)
    }

    @Test func `refuses invalid UTF-8 outside strings`() {
        let error = #expect(throws: ParseError.self) { try parse([0xFF]) }
        #expect(error?.code == .unexpectedByte)
    }

    @Test func `counts lines and code points`() {
        let error = #expect(throws: ParseError.self) { try parse(Array("{\n  \"é\": 1,\n  \"😀é\": x }".utf8)) }
        #expect(error?.line == 3)
        #expect(error?.column == 9)
        #expect(error?.path == "😀é")
    }

    @Test func `bounds size and depth`() throws {
        let limits = ParseLimits(maxBytes: 8, maxDepth: 3)
        #expect(try parse(Array("[[[1]]] ".utf8), limits: limits) == [[[1]]])
        let deep = #expect(throws: ParseError.self) { try parse(Array("[[[[]]]]".utf8), limits: limits) }
        #expect(deep?.code == .tooDeep)
        #expect(deep?.offset == 3)
        let large = #expect(throws: ParseError.self) { try parse(Array("[1,2,3,4]".utf8), limits: limits) }
        #expect(large?.code == .tooLarge)
        let hostile = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        let bounded = #expect(throws: ParseError.self) {
            try parse(hostile, limits: ParseLimits(maxDepth: .max))
        }
        #expect(bounded?.code == .tooDeep)
    }

    @Test(arguments: ["[]", "{}"], [5_000, 262_144])
    func `bounds how many arrays and objects there are`(_ part: String, _ maxBytes: Int) throws {
        let limits = ParseLimits(maxBytes: maxBytes), most = limits.maxContainers - 1
        func document(_ count: Int) -> [UInt8] {
            Array("[\(Array(repeating: part, count: count).joined(separator: ","))]".utf8)
        }
        #expect(try parse(document(most), limits: limits).arrayValue?.count == most)
        let error = #expect(throws: ParseError.self) { try parse(document(most + 1), limits: limits) }
        #expect(error?.code == .tooManyContainers && error?.path == "[\(most)]")
    }

    @Test func `finds a duplicate among many members`() throws {
        let members = (0..<20_000).map { "\"k\($0)\":\($0)" }
        let limits = ParseLimits(maxBytes: 1_000_000)
        let distinct = try parse(Array("{\(members.joined(separator: ","))}".utf8), limits: limits)
        #expect(distinct.objectValue?.count == 20_000)
        for twice in [0, 7, 8, 9, 15, 16, 31, 32, 33, 19_999] {
            let text = "{\(members.joined(separator: ",")),\"k\(twice)\":0}"
            let error = #expect(throws: ParseError.self) { try parse(Array(text.utf8), limits: limits) }
            #expect(error?.code == .duplicateKey)
            #expect(error?.path == "k\(twice)")
        }
    }

    @Test func `shortens a long name in a path`() {
        let name = String(repeating: "n", count: 1000)
        let error = #expect(throws: ParseError.self) { try parse(Array("{\"\(name)\":x}".utf8)) }
        #expect(error?.path == String(repeating: "n", count: 40) + "…")
    }

    @Test(
        arguments: [
            ("1", 1, 1),
            ("-0", 0, -0.0),
            ("1.0", nil, 1),
            ("1e2", nil, 100),
            ("9223372036854775807", .max, 9.223372036854775807e18),
            ("9223372036854775808", nil, 9.223372036854775808e18),
            ("1e400", nil, nil),
            ("1e-400", nil, 0),
            ("0.1", nil, 0.1),
        ] as [(String, Int?, Double?)])
    func `reads numbers as written`(_ text: String, _ int: Int?, _ double: Double?) throws {
        let number = try #require(try parse(Array(text.utf8)).numberValue)
        #expect(number.text == text)
        #expect(number.int == int)
        #expect(number.double?.bitPattern == double?.bitPattern)
    }
}
