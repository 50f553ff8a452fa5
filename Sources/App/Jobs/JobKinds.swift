import Jobs

/// What the whole product must know of its kinds of jobs; a process only registers those it does.
enum JobKinds {
    static let all: [any JobKind.Type] = [
        SimulateRun.self, VerifyRun.self, Maintenance.self, CheckBars.self, ImportBars.self, IngestBars.self,
        PlanIngestion.self, FillOrders.self, AdvanceRunners.self, CheckAlerts.self, DeliverWebhook.self,
    ]

    /// Of which a user may have only so many unfinished ones.
    static let rationed = all.filter { $0.isRationed }.map { $0.name }
}
