import JSON
import Strategy

/// Two averages that cross, a filter, and a stop with a target: what people try first.
func benchmarkDefinition() throws -> StrategyDefinition {
    let text = """
        {"indicators":[{"id":"fast","type":"SMA","params":{"period":10},"source":"close"},\
        {"id":"slow","type":"SMA","params":{"period":30},"source":"close"},\
        {"id":"rsi","type":"RSI","params":{"period":14},"source":"close"}],\
        "entry":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_above","right":{"indicator":"slow"}},\
        {"left":{"indicator":"rsi"},"op":"lt","right":{"literal":70}}]},\
        "exit":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_below","right":{"indicator":"slow"}}]},\
        "risk":{"stop_loss":{"type":"percent","value":2},"take_profit":{"type":"percent","value":4}}}
        """
    let (definition, errors) = StrategyDefinition.read(try parse(Array(text.utf8)))
    guard let definition else { fatalError("the benchmark's own definition is wrong: \(errors)") }
    return definition
}
