import JSON

/// Values for the document that may be sent as they are.
enum Example {
    /// One member for everything that is required, or that is worth showing; nil when there is none for one of them.
    static func body(of parts: [FieldPart]) -> Value? {
        var object = Object()
        for part in parts {
            let written = part.schema.value.objectValue?["examples"]?.arrayValue?.first
            guard let example = part.isRequired ? value(of: part.schema) : written else {
                if part.isRequired { return nil }
                continue
            }
            object[part.name] = example
        }
        return object.isEmpty ? nil : .object(object)
    }

    /// The one that is written, or else its default, or the first of its words.
    private static func value(of schema: Schema) -> Value? {
        guard let object = schema.value.objectValue else { return nil }
        let named = object["$ref"]?.stringValue.flatMap {
            schema.components[String($0.split(separator: "/").last ?? "")]
        }
        return object["examples"]?.arrayValue?.first ?? object["default"] ?? object["enum"]?.arrayValue?.first
            ?? named.flatMap(value)
    }

    /// The README's: buys when a fast average crosses a slow one, and sells when it crosses back.
    static let definition: Value = [
        "indicators": [
            ["id": "fast", "type": "SMA", "params": ["period": 10], "source": "close"],
            ["id": "slow", "type": "SMA", "params": ["period": 30], "source": "close"],
        ],
        "entry": [
            "logic": "AND",
            "conditions": [["left": ["indicator": "fast"], "op": "crosses_above", "right": ["indicator": "slow"]]],
        ],
        "exit": [
            "logic": "AND",
            "conditions": [["left": ["indicator": "fast"], "op": "crosses_below", "right": ["indicator": "slow"]]],
        ],
        "risk": ["stop_loss": ["type": "percent", "value": 2], "take_profit": ["type": "percent", "value": 4]],
    ]
}

extension Form {
    /// The schema shows a value that may be sent.
    func example(_ value: Value) -> Form {
        Form(schema.with("examples", .array([value])), write: write, read: read)
    }
}
