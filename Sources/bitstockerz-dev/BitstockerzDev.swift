import ArgumentParser

/// The whole of BitStockerz on this machine, without systemd. Not installed on servers.
@main
struct BitstockerzDev: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bitstockerz-dev",
        abstract: "Runs the whole of BitStockerz on this machine, for development and tests.",
        discussion: """
            One supervisor keeps a private PostgreSQL, the backtest daemon, a pool of responders and nginx alive, all of \
            them in one state directory. What dies is started again; nothing outlives the supervisor.
            """,
        subcommands: [StartStack.self, RunStack.self, StopStack.self, ShowStack.self, SuperviseStack.self]
    )
}
