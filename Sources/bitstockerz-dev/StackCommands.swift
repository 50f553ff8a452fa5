import ArgumentParser
import FoundationEssentials
import Glibc
import Supervision
import System

/// `bitstockerz-dev start`: starts the stack in the background and returns when it answers.
struct StartStack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts everything in the background and returns when it is ready.")

    @OptionGroup var options: StackOptions

    func run() throws {
        let layout = try Launch.prepare(options)
        StackLog.rotate(StackLog.path("supervisor", in: layout))
        let log = try StackLog.open("supervisor", in: layout)
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe") }
        let reader = Descriptor(owning: ends[0])
        let writer = Descriptor(owning: ends[1])
        // The supervisor lives on when this process ends; its own children get theirs from it.
        let command = Command(
            layout.executable, ["supervise"] + options.arguments(in: layout) + ["--report-descriptor", "3"],
            environment: StackEnvironment.base,
            descriptors: [options.stopWithInput ? 0 : null.raw, log.raw, log.raw, writer.raw], deathSignal: 0)
        _ = try command.spawn()
        close(writer.release())  // or the end of the supervisor would not end the pipe
        var last = ""
        for line in Launch.lines(from: reader.raw) {
            last = String(line)
            if last == "ready" || last.hasPrefix("error: ") { break }
            Launch.say(last)
        }
        guard last == "ready" else {
            let reason = last.hasPrefix("error: ") ? String(last.dropFirst(7)) : "the supervisor ended"
            Launch.fail(reason)
        }
        Launch.say("ready at http://localhost:\(options.port) (logs in \(layout.logs))")
    }
}

/// `bitstockerz-dev run`: the same in the foreground, until Ctrl-C.
struct RunStack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs everything in the foreground until it is interrupted.")

    @OptionGroup var options: StackOptions

    func run() throws {
        let layout = try Launch.prepare(options)
        try Launch.supervise(options, layout) {
            Launch.say($0 == "ready" ? "ready at http://localhost:\(options.port)" : $0)
        }
    }
}

/// The background half of ``StartStack``: not for people.
struct SuperviseStack: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "supervise", shouldDisplay: false)

    @OptionGroup var options: StackOptions
    @Option var reportDescriptor: Int32

    func run() throws {
        let layout = try StackLayout(options)
        _ = fcntl(reportDescriptor, F_SETFD, FD_CLOEXEC)
        signal(SIGPIPE, SIG_IGN)
        do {
            try Launch.supervise(options, layout) { line in
                Launch.write("\(line)\n", to: reportDescriptor)
                if line == "ready" { close(reportDescriptor) }
            }
        } catch {
            Launch.write("error: \(error)\n", to: reportDescriptor)
            throw error
        }
    }
}

/// `bitstockerz-dev stop`: an orderly end; it is over when this returns.
struct StopStack: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stop", abstract: "Stops everything, in order.")

    @Option(help: "The state directory it was started with.", completion: .directory)
    var state: String

    func run() throws {
        let layout = try StackLayout(StackOptions.parse(["--state", state]))
        guard let pid = try StackStatus.read(layout)?.pid else { return Launch.say("not running") }
        guard kill(pid, SIGTERM) == 0 else {
            Launch.fail("cannot stop process \(pid): \(String(cString: strerror(errno)))")
        }
        let deadline = Deadline(milliseconds: 60_000)
        while try StackStatus.read(layout)?.pid == pid || kill(pid, 0) == 0 {
            guard deadline.remainingMilliseconds > 0 else { Launch.fail("process \(pid) does not stop") }
            usleep(20_000)
        }
        Launch.say("stopped")
    }
}

/// `bitstockerz-dev status`: exit code 0 when it runs and was ready, else 3.
struct ShowStack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says what runs. Exit code 3: not running.")

    @Option(help: "The state directory it was started with.", completion: .directory)
    var state: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let layout = try StackLayout(StackOptions.parse(["--state", state]))
        guard let status = try StackStatus.read(layout) else {
            print(json ? "null" : "not running")
            throw ExitCode(3)
        }
        if json { return print(String(decoding: try status.json, as: UTF8.self)) }
        print("\(status.isReady ? "running" : "starting") at \(status.url), supervisor \(status.pid)")
        for child in status.children {
            let pid = child.pid.map { "pid \($0)" } ?? "waiting to start again"
            print("  \(child.name): \(pid), \(child.restarts) restarts")
        }
        if !status.isReady { throw ExitCode(3) }
    }
}
