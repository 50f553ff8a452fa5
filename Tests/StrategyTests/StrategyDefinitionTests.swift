import JSON
import Strategy
import Testing

@Suite struct StrategyDefinitionTests {
    static let summaries: [(document: Document, summary: String)] = [
        (
            Document(),
            "Buy when SMA(10) crosses above SMA(30) and RSI(14) is below 70. Sell when SMA(10) crosses below SMA(30). "
                + "Stop loss 2%. Take profit 4%."
        ),
        (
            .risk("{}"),
            "Buy when SMA(10) crosses above SMA(30) and RSI(14) is below 70. Sell when SMA(10) crosses below SMA(30)."
        ),
        (
            .risk(#"{"take_profit":{"type":"percent","value":12.50}}"#),
            "Buy when SMA(10) crosses above SMA(30) and RSI(14) is below 70. Sell when SMA(10) crosses below SMA(30). "
                + "Take profit 12.5%."
        ),
        (
            Document(
                indicators: #"[{"id":"x","type":"EMA","params":{"period":5},"source":"open"}]"#,
                entry: #"""
                    {"logic":"AND","conditions":[
                      {"left":{"price":"high"},"op":"gte","right":{"indicator":"x"}},
                      {"left":{"price":"low"},"op":"lte","right":{"literal":-1.5}},
                      {"left":{"price":"open"},"op":"eq","right":{"price":"close"}}]}
                    """#,
                exit: #"{"logic":"AND","conditions":[{"left":{"literal":1e3},"op":"gt","right":{"indicator":"x"}}]}"#,
                risk: "{}"),
            "Buy when the high is at or above EMA(5) of open and the low is at or below -1.5 and the open equals "
                + "the close. Sell when 1000 is above EMA(5) of open."
        ),
    ]

    @Test func `levels of more places than are taken today are read where they are stored, and named`() throws {
        let document = Document.risk(
            #"{"stop_loss":{"type":"percent","value":2.12345},"take_profit":{"type":"percent","value":4}}"#)
        let value = try parse(Array(document.text.utf8))
        #expect(StrategyDefinition.read(value).0 == nil)
        let (stored, errors) = StrategyDefinition.read(stored: value)
        #expect(errors == [] && stored?.risk.stopLossPercent == 2.12345)
        #expect(stored.map { StrategyDefinition.read(stored: $0.json).0 == $0 } == true)
        #expect(stored?.errors.map(\.path) == ["risk.stop_loss.value"])
        #expect(stored?.errors == StrategyDefinition.read(value).1)
        #expect(try definition(Document().text).errors == [])
        // All else is held against the same bounds.
        let wide = try parse(Array(Document.risk(#"{"stop_loss":{"type":"percent","value":50.01}}"#).text.utf8))
        #expect(StrategyDefinition.read(stored: wide).1.map(\.code) == [.outOfRange])
    }

    @Test(arguments: summaries)
    func `it is said in plain English`(document: Document, summary: String) throws {
        #expect(try definition(document.text).summary == summary)
    }

    @Test(arguments: summaries.map(\.document))
    func `the document it writes reads back as itself`(document: Document) throws {
        let original = try definition(document.text)
        let (copy, errors) = StrategyDefinition.read(original.json)
        #expect(errors.isEmpty)
        #expect(copy == original)
        #expect(copy?.canonicalBytes == original.canonicalBytes)
        #expect(try definition(String(decoding: original.json.bytes, as: UTF8.self)) == original)
    }

    @Test func `neither spaces nor order of keys nor spelling of numbers change the bytes`() throws {
        let original = try definition(Document().text)
        let document = Document()
        let turned = """
            { "risk" : {"take_profit":{"value":4e0,"type":"percent"},"stop_loss":{"value":2.0,"type":"percent"}},
              "exit": \(document.exit), "entry": \(document.entry), "indicators": \(document.indicators) }
            """
        #expect(try definition(turned).canonicalBytes == original.canonicalBytes)
    }

    @Test func `ids and order of conditions and unused indicators do not change the identity`() throws {
        let original = try definition(Document().text)
        let renamed = try definition(Document().text.replacing("\"fast\"", with: "\"a\""))
        #expect(renamed.identityBytes == original.identityBytes)
        #expect(renamed.canonicalBytes != original.canonicalBytes)
        var document = Document()
        document.entry = #"""
            {"logic":"AND","conditions":[
              {"left":{"indicator":"strength"},"op":"lt","right":{"literal":70}},
              {"left":{"indicator":"fast"},"op":"crosses_above","right":{"indicator":"slow"}}]}
            """#
        document.indicators = document.indicators.replacing(
            "[", with: #"[{"id":"unused","type":"EMA","params":{"period":9},"source":"low"},"#)
        #expect(try definition(document.text).identityBytes == original.identityBytes)
    }

    @Test(arguments: [
        ("\"period\":10", "\"period\":11"), ("\"type\":\"RSI\"", "\"type\":\"EMA\""),
        ("\"source\":\"close\"", "\"source\":\"open\""), ("crosses_above", "gt"), ("70", "70.5"),
        ("\"value\":2}", "\"value\":2.5}"), ("\"value\":4}", "\"value\":5}"),
        ("\"stop_loss\":{\"type\":\"percent\",\"value\":2},", ""),
    ])
    func `any other change changes both`(part: String, other: String) throws {
        let original = try definition(Document().text)
        let changed = try definition(Document().text.replacing(part, with: other))
        #expect(changed.identityBytes != original.identityBytes)
        #expect(changed.canonicalBytes != original.canonicalBytes)
    }

    @Test func `entry and exit do not trade places`() throws {
        var document = Document()
        (document.entry, document.exit) = (document.exit, document.entry)
        #expect(try definition(document.text).identityBytes != definition(Document().text).identityBytes)
    }

    @Test(arguments: [
        (#"{"id":"a","type":"SMA","params":{"period":200},"source":"close"}"#, 200, 200),
        (#"{"id":"a","type":"EMA","params":{"period":20},"source":"close"}"#, 240, 20),
        (#"{"id":"a","type":"RSI","params":{"period":14},"source":"close"}"#, 350, 14),
        ("", 0, 0),
    ])
    func `warm up is the largest need of any indicator`(indicator: String, bars: Int, longest: Int) throws {
        let definition = try definition(Document.indicator(indicator).text)
        #expect(definition.warmUpBars == bars)
        #expect(definition.longestPeriod == longest)
    }

    @Test func `a cross of prices needs the bar before`() throws {
        var document = Document.indicator("")
        document.entry =
            #"{"logic":"AND","conditions":[{"left":{"price":"close"},"op":"crosses_above","right":{"literal":5}}]}"#
        #expect(try definition(document.text).warmUpBars == 1)
    }

    @Test func `the catalog agrees with itself`() {
        #expect(IndicatorCatalog.all.map(\.type) == IndicatorType.allCases)
        for entry in IndicatorCatalog.all {
            #expect(entry.parameters.allSatisfy { $0.bounds.contains($0.standard) })
            #expect(entry.sources == PriceSource.allCases)
            #expect(entry.period.name == "period")
        }
    }

    private func definition(_ text: String) throws -> StrategyDefinition {
        let (definition, errors) = read(text)
        try #require(errors.isEmpty)
        return try #require(definition)
    }
}
