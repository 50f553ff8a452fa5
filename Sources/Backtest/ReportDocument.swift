import JSON
import Market

extension Report {
    /// The object the command line prints: `trades`, `equity` (one number a bar), `metrics`, `result_hash`, and then
    /// what the reader has to know: `notices` and, for each figure that is null, its reason in `null_reasons`.
    ///
    /// Times are RFC 3339 in UTC. `resultHash` is the SHA-256 of ``Encodings/result(_:)``, in hex.
    ///
    /// - Parameter own: writes the caller's members after them.
    public func json(resultHash: String, own: (inout Writer) -> Void = { _ in }) -> [UInt8] {
        var writer = Writer(capacity: equity.count * 20 + trades.count * 320 + 4096)
        writer.beginObject()
        writer.key("trades")
        writer.array(trades) { $0.trade($1) }
        writer.key("equity")
        writer.array(equity) { $0.double($1) }
        writer.key("metrics")
        writer.metrics(metrics)
        writer.member("result_hash", resultHash)
        writer.key("notices")
        writer.array(notices) { $0.string($1.rawValue) }
        writer.key("null_reasons")
        writer.missing(metrics)
        own(&writer)
        writer.endObject()
        return writer.bytes
    }
}

extension Writer {
    /// One trade as an object, as the command line and the API show it.
    public mutating func trade(_ trade: Trade) {
        object { writer in
            writer.member("entry_index", trade.entryIndex)
            writer.member("exit_index", trade.exitIndex)
            writer.member("entry_time", Instant(microseconds: trade.entryTime).description)
            writer.member("exit_time", Instant(microseconds: trade.exitTime).description)
            writer.member("entry_price", trade.entryPrice)
            writer.member("exit_price", trade.exitPrice)
            writer.member("quantity", trade.quantity)
            writer.member("pnl_abs", trade.profit)
            writer.member("pnl_pct", trade.profitPercent)
            writer.member("bars_held", trade.barsHeld)
            writer.member("exit_reason", trade.exitReason.rawValue)
            writer.member("gap", trade.isGap)
        }
    }

    /// Every figure by its name, a number or null, and `recovered`.
    public mutating func metrics(_ metrics: Metrics) {
        object { writer in
            for (metric, value) in metrics.all {
                writer.key(metric.rawValue)
                if let number = value.value { writer.double(number) } else { writer.null() }
            }
            writer.member("recovered", metrics.hasRecovered)
        }
    }

    /// The reason of every figure that is null, by its name.
    public mutating func missing(_ metrics: Metrics) {
        object { writer in
            for (metric, value) in metrics.all {
                guard let reason = value.reason else { continue }
                writer.key(metric.rawValue)
                writer.string(reason.rawValue)
            }
        }
    }
}
