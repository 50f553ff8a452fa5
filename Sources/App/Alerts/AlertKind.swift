import Postgres

/// What people are told of. The raw values are stored, and never change.
///
/// A new event of an account is a case here, words in the page, and a call of `notify_subscriber`
/// (V0430__create_alerts.sql) in the transaction in which it happens.
enum AlertKind: String, Sendable, CaseIterable, ColumnValue, ParameterValue {
    case priceAbove = "price_above"
    case priceBelow = "price_below"
    case orderFilled = "order_filled"
    case orderRejected = "order_rejected"
    case orderExpired = "order_expired"
    case runnerSignalled = "runner_signalled"
    case runnerStopped = "runner_stopped"
    case backtestDone = "backtest_done"
    case dataStale = "data_stale"

    /// Whether it is about a level of one symbol's price; else about the whole account.
    var isOfPrice: Bool {
        switch self {
        case .priceAbove, .priceBelow: true
        case .orderFilled, .orderRejected, .orderExpired, .runnerSignalled, .runnerStopped, .backtestDone,
            .dataStale:
            false
        }
    }
}
