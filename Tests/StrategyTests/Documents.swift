import JSON
import Strategy

/// A valid document whose parts a test may replace.
struct Document {
    var indicators = #"""
        [ {"id":"fast","type":"SMA","params":{"period":10},"source":"close"},
          {"id":"slow","type":"SMA","params":{"period":30},"source":"close"},
          {"id":"strength","type":"RSI","params":{"period":14},"source":"close"} ]
        """#
    var entry = #"""
        {"logic":"AND","conditions":[
          {"left":{"indicator":"fast"},"op":"crosses_above","right":{"indicator":"slow"}},
          {"left":{"indicator":"strength"},"op":"lt","right":{"literal":70}} ]}
        """#
    var exit = #"""
        {"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_below","right":{"indicator":"slow"}}]}
        """#
    var risk = #"{"stop_loss":{"type":"percent","value":2},"take_profit":{"type":"percent","value":4}}"#

    var text: String { #"{"indicators":\#(indicators),"entry":\#(entry),"exit":\#(exit),"risk":\#(risk)}"# }

    static func indicator(_ members: String) -> Document {
        Document(
            indicators: "[\(members)]", entry: condition(#""left":{"price":"close"},"op":"gt","right":{"literal":1}"#),
            exit: condition(#""left":{"price":"close"},"op":"lt","right":{"literal":1}"#))
    }

    static func entry(_ members: String) -> Document {
        var document = Document()
        document.entry = condition(members)
        return document
    }

    static func risk(_ text: String) -> Document {
        var document = Document()
        document.risk = text
        return document
    }

    private static func condition(_ members: String) -> String { #"{"logic":"AND","conditions":[{\#(members)}]}"# }
}

func read(_ text: String) -> (StrategyDefinition?, [DefinitionError]) {
    StrategyDefinition.read(bytes: Array(text.utf8))
}
