import App
import ArgumentParser

/// The admin tool. Each subcommand has its own file.
@main
struct Bitstockerz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bitstockerz",
        abstract: "Looks after a BitStockerz installation.",
        version: Version.current,
        subcommands: [
            MigrateCommand.self, ImportCommand.self, IngestCommand.self, SymbolsCommand.self, DataCommand.self,
            BacktestCommand.self, VerifyCommand.self,
            UserCommand.self,
            APIKeyCommand.self, ConfigCommand.self, AuditCommand.self, LedgerCommand.self, MaintenanceCommand.self,
            BackupCommand.self, BackupKeyCommand.self, RestoreCommand.self, RestoredCommand.self,
            DoctorCommand.self, DrainCommand.self, UpgradeCommand.self,
            MetricsCommand.self, OpenAPICommand.self,
        ]
    )
}
