import JSON
import Strategy
import Testing

@Suite struct ValidationTests {
    @Test func `a valid document is read`() throws {
        let (found, errors) = read(Document().text)
        #expect(errors.isEmpty)
        let definition = try #require(found)
        #expect(definition.indicators.map(\.id) == ["fast", "slow", "strength"])
        #expect(definition.indicators.map(\.period) == [10, 30, 14])
        #expect(definition.entry.map(\.comparison) == [.crossesAbove, .less])
        #expect(definition.entry[0].left == .indicator(definition.indicators[0]))
        #expect(definition.entry[1].right == .literal(70))
        #expect(definition.exit.count == 1)
        #expect(definition.risk.stopLossPercent == 2)
        #expect(definition.risk.takeProfitPercent == 4)
    }

    typealias Fault = (String, document: String, errors: [String])

    static let sma = #""type":"SMA","params":{"period":10},"source":"close""#

    static let faults: [Fault] = [
        // The text
        ("text that is no JSON", "{", [" MALFORMED_JSON"]),
        ("a key twice", #"{"indicators":[],"indicators":[]}"#, ["indicators DUPLICATE_KEY"]),
        (
            "nesting without end", String(repeating: "[", count: 40_000),
            [String(repeating: "[0]", count: 16) + " TOO_DEEP"]
        ),
        ("a document too long", "\"" + String(repeating: "x", count: 70_000) + "\"", [" TOO_LARGE"]),
        // The top
        ("no object", "[]", [" WRONG_TYPE"]),
        (
            "an empty object", "{}",
            ["indicators MISSING_KEY", "entry MISSING_KEY", "exit MISSING_KEY", "risk MISSING_KEY"]
        ),
        (
            "an unknown key at the top", Document().text.dropLast() + #","name":"x"}"#, ["name UNKNOWN_KEY"]
        ),
        // Indicators
        ("indicators that are no list", Document.entryOnly(indicators: "{}"), ["indicators WRONG_TYPE"]),
        (
            "an indicator without anything", Document.indicator("{}").text,
            [
                "indicators[0].id MISSING_KEY", "indicators[0].type MISSING_KEY", "indicators[0].params MISSING_KEY",
                "indicators[0].source MISSING_KEY",
            ]
        ),
        (
            "an unknown type", Document.indicator(#"{"id":"a","type":"VWAP","params":{},"source":"close"}"#).text,
            ["indicators[0].type UNKNOWN_INDICATOR_TYPE"]
        ),
        (
            "a type in lower case", Document.indicator(#"{"id":"a","type":"sma","params":{},"source":"close"}"#).text,
            ["indicators[0].type UNKNOWN_INDICATOR_TYPE"]
        ),
        (
            "an unknown source",
            Document.indicator(#"{"id":"a","type":"SMA","params":{},"source":"volume"}"#).text,
            ["indicators[0].source UNKNOWN_SOURCE"]
        ),
        (
            "ids that are not spelt right",
            Document.indicator(#"{"id":"1a",\#(sma)},{"id":"",\#(sma)},{"id":"a b",\#(sma)},{"id":"é",\#(sma)}"#).text,
            (0..<4).map { "indicators[\($0)].id INVALID_ID" }
        ),
        (
            "an id of 65 letters",
            Document.indicator(#"{"id":"\#(String(repeating: "a", count: 65))",\#(sma)}"#).text,
            ["indicators[0].id INVALID_ID"]
        ),
        (
            "an id twice", Document.indicator(#"{"id":"a",\#(sma)},{"id":"b",\#(sma)},{"id":"a",\#(sma)}"#).text,
            ["indicators[2].id DUPLICATE_ID"]
        ),
        (
            "an id that is no text", Document.indicator(#"{"id":5,\#(sma)}"#).text, ["indicators[0].id WRONG_TYPE"]
        ),
        (
            "an unknown parameter",
            Document.indicator(#"{"id":"a","type":"SMA","params":{"perod":10},"source":"close"}"#).text,
            ["indicators[0].params.perod UNKNOWN_KEY"]
        ),
        (
            "too many indicators",
            Document.indicator((0..<21).map { #"{"id":"a\#($0)",\#(sma)}"# }.joined(separator: ",")).text,
            ["indicators OUT_OF_RANGE"]
        ),
        // Rules
        (
            "logic that is not AND",
            Document.with(
                entry: #"{"logic":"OR","conditions":[{"left":{"price":"close"},"op":"gt","right":{"literal":1}}]}"#),
            ["entry.logic LOGIC_NOT_SUPPORTED"]
        ),
        ("no conditions", Document.with(entry: #"{"logic":"AND","conditions":[]}"#), ["entry.conditions OUT_OF_RANGE"]),
        (
            "eleven conditions",
            Document.entry(
                Array(repeating: #""left":{"price":"close"},"op":"gt","right":{"literal":1}"#, count: 11)
                    .joined(separator: "},{")
            ).text, ["entry.conditions OUT_OF_RANGE"]
        ),
        (
            "an unknown operator", Document.entry(#""left":{"price":"close"},"op":">","right":{"literal":1}"#).text,
            ["entry.conditions[0].op UNKNOWN_OPERATOR"]
        ),
        (
            "a reference to nothing",
            Document.entry(#""left":{"indicator":"medium"},"op":"gt","right":{"literal":1}"#).text,
            ["entry.conditions[0].left.indicator UNKNOWN_INDICATOR"]
        ),
        (
            "an unknown price", Document.entry(#""left":{"price":"vwap"},"op":"gt","right":{"literal":1}"#).text,
            ["entry.conditions[0].left.price UNKNOWN_PRICE"]
        ),
        (
            "an empty operand", Document.entry(#""left":{},"op":"gt","right":{"literal":1}"#).text,
            ["entry.conditions[0].left MISSING_KEY"]
        ),
        (
            "an operand of two kinds",
            Document.entry(#""left":{"price":"close","literal":2},"op":"gt","right":{"literal":1}"#).text,
            ["entry.conditions[0].left AMBIGUOUS_OPERAND"]
        ),
        (
            "a literal that is no number",
            Document.entry(#""left":{"price":"close"},"op":"gt","right":{"literal":"70"}"#).text,
            ["entry.conditions[0].right.literal WRONG_TYPE"]
        ),
        (
            "a literal beyond all numbers",
            Document.entry(#""left":{"price":"close"},"op":"gt","right":{"literal":1e999}"#).text,
            ["entry.conditions[0].right.literal OUT_OF_RANGE"]
        ),
        (
            "a cross of two literals",
            Document.entry(#""left":{"literal":1},"op":"crosses_above","right":{"literal":2}"#).text,
            ["entry.conditions[0] LITERAL_CROSS"]
        ),
        // Risk
        ("risk that is null", Document.risk("null").text, ["risk WRONG_TYPE"]),
        ("a level that is null", Document.risk(#"{"stop_loss":null}"#).text, ["risk.stop_loss WRONG_TYPE"]),
        (
            "levels of more than four decimal places",
            Document.risk(
                #"{"stop_loss":{"type":"percent","value":2.00001},"take_profit":{"type":"percent","value":33.33333}}"#
            ).text, ["risk.stop_loss.value TOO_MANY_PLACES", "risk.take_profit.value TOO_MANY_PLACES"]
        ),
        (
            "levels out of their bounds",
            Document.risk(
                #"{"stop_loss":{"type":"percent","value":50.01},"take_profit":{"type":"percent","value":0.009}}"#
            ).text, ["risk.stop_loss.value OUT_OF_RANGE", "risk.take_profit.value OUT_OF_RANGE"]
        ),
        (
            "a level that is no percentage", Document.risk(#"{"stop_loss":{"type":"price","value":2}}"#).text,
            ["risk.stop_loss.type UNKNOWN_RISK_TYPE"]
        ),
        (
            "a level without its value", Document.risk(#"{"take_profit":{"type":"percent"}}"#).text,
            ["risk.take_profit.value MISSING_KEY"]
        ),
    ]

    @Test(arguments: faults)
    func `refuses`(_ what: String, document: String, expected: [String]) {
        let (definition, errors) = read(document)
        #expect(definition == nil, "\(what)")
        #expect(errors.map { "\($0.path) \($0.code.rawValue)" } == expected, "\(what)")
    }

    @Test(arguments: [
        ("10", nil), ("2", nil), ("200", nil), ("1", "OUT_OF_RANGE"), ("201", "OUT_OF_RANGE"), ("-10", "OUT_OF_RANGE"),
        ("99999999999999999999", "OUT_OF_RANGE"), ("10.0", "WRONG_TYPE"), ("1e1", "WRONG_TYPE"),
        ("10.5", "WRONG_TYPE"), (#""10""#, "WRONG_TYPE"), ("true", "WRONG_TYPE"), ("null", "WRONG_TYPE"),
    ])
    func `a period is an integer written as one`(text: String, code: String?) {
        let document = Document.indicator(
            #"{"id":"a","params":{"period":\#(text)},"type":"SMA","source":"close"}"#)
        let errors = read(document.text).1
        #expect(errors.map(\.code.rawValue) == (code.map { [$0] } ?? []))
        #expect(errors.allSatisfy { $0.path == "indicators[0].params.period" })
    }

    @Test func `a period that is left out takes the default of its type`() {
        for type in IndicatorType.allCases {
            let document = Document.indicator(
                #"{"id":"a","type":"\#(type.rawValue)","params":{},"source":"close"}"#)
            #expect(read(document.text).0?.indicators[0].period == IndicatorCatalog.entry(of: type).period.standard)
        }
    }

    @Test func `a period is measured by its own type wherever the type stands`() {
        let rsi = #""type":"RSI""#
        let period = #""params":{"period":101}"#
        for members in [[rsi, period], [period, rsi]] {
            let document = Document.indicator(
                #"{"id":"a",\#(members.joined(separator: ",")),"source":"close"}"#)
            #expect(read(document.text).1.map(\.path) == ["indicators[0].params.period"])
        }
    }

    @Test func `every error is told at once in document order`() {
        let text = #"""
            { "exit": {"conditions":[{"op":"is","left":{"indicator":"a"},"right":{"indicator":"nobody"},"note":1}],"logic":"XOR"},
              "colour": "red",
              "indicators": [ {"source":"last","params":{"period":0},"type":"SMA","id":"a"}, 7 ],
              "risk": {"stop_loss":{"value":"2","type":"percent"},"trailing":{}} }
            """#
        let errors = read(text).1
        #expect(
            errors.map { "\($0.path) \($0.code.rawValue)" } == [
                "exit.conditions[0].op UNKNOWN_OPERATOR",
                "exit.conditions[0].right.indicator UNKNOWN_INDICATOR",
                "exit.conditions[0].note UNKNOWN_KEY",
                "exit.logic LOGIC_NOT_SUPPORTED",
                "colour UNKNOWN_KEY",
                "indicators[0].source UNKNOWN_SOURCE",
                "indicators[0].params.period OUT_OF_RANGE",
                "indicators[1] WRONG_TYPE",
                "risk.stop_loss.value WRONG_TYPE",
                "risk.trailing UNKNOWN_KEY",
                "entry MISSING_KEY",
            ])
        #expect(errors.allSatisfy { !$0.message.isEmpty })
    }

    @Test func `a wrong indicator is not told again where it is used`() {
        var document = Document()
        document.indicators = document.indicators.replacing("\"period\":10", with: "\"period\":0")
        #expect(read(document.text).1.map(\.path) == ["indicators[0].params.period"])
    }

    @Test(arguments: [(5000, "there are 4954 more errors"), (47, "there is 1 more error")])
    func `errors without end are cut`(_ count: Int, _ words: String) {
        let keys = (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",")
        let errors = read("{\(keys)}").1
        #expect(errors.count == StrategyDefinition.maximumErrors + 1)
        #expect(errors.last?.code == .tooManyErrors)
        #expect(errors.last?.message == words)
    }

    @Test func `conditions may stand before the indicators they name`() {
        let document = Document()
        let turned = """
            {"risk":{},"exit":\(document.exit),"entry":\(document.entry),"indicators":\(document.indicators)}
            """
        #expect(read(turned).1.isEmpty)
    }
}

extension Document {
    fileprivate static func with(entry: String) -> String {
        var document = Document()
        document.entry = entry
        return document.text
    }

    fileprivate static func entryOnly(indicators: String) -> String {
        var document = Document.indicator("")
        document.indicators = indicators
        return document.text
    }
}
