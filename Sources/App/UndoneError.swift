/// Thrown out of a transaction to undo what was tried in it, and to tell all the same what came of it.
struct UndoneError<Outcome: Sendable>: Error { let outcome: Outcome }
