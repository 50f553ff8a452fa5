import App
import ArgumentParser
import Glibc
import Market
import Postgres
import System

struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Empty this host for work on it, behind a load balancer; or let it serve again.",
        discussion: """
            on: the host tells the load balancer that it is not ready, and takes no more jobs; what is under way ends. The \
            command says when work may begin. What still comes is answered: nobody is refused. A restart of the machine \
            ends it as well. off: the host is ready and takes jobs again.
            """)

    enum Wish: String, ExpressibleByArgument, CaseIterable { case on, off, status }

    @Argument(help: "on, off, or status: whether it is, and what is under way.")
    var wish: Wish

    @Option(
        help:
            "Seconds that the load balancer may take to notice: the pause between its checks times how many must fail.")
    var grace = 15

    @Option(help: "Seconds after which it is given up, exit 75; the host stays drained.")
    var timeout = 300

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (0...3_600).contains(grace), (1...86_400).contains(timeout) else {
            throw ValidationError("--grace is 0 to 3600 seconds, --timeout 1 to 86400.")
        }
    }

    func run() throws {
        let configuration = try database.configuration()
        switch wish {
        case .on: try drain(configuration)
        case .off:
            try told { () throws(SystemError) in try configuration.drain.end() }
            Console.say("This host is ready again.")
        case .status:
            let state = configuration.drain.isOn ? "Drained" : "Not drained"
            do {
                let work = try database.withDatabase { db in try HostWork.underWay(configuration, in: &db) }
                Console.say("\(state): \(Self.words(work)).")
            } catch {
                Console.say("\(state): what is under way is not known.")
                throw error
            }
        }
    }

    private func drain(_ configuration: Configuration) throws {
        try told { () throws(SystemError) in try configuration.drain.begin() }
        Console.note("not ready any more; the load balancer has \(counted(max(grace, 6), "second")) to notice")
        // Daemons look every five seconds whether they may take a job.
        sleep(UInt32(max(grace, 6)))
        do { try waitForWork(configuration) } catch {
            Console.note("the host stays drained until bitstockerz drain off")
            throw error
        }
        Console.say("Drained: work on this host may begin. Afterwards: bitstockerz drain off")
    }

    private func waitForWork(_ configuration: Configuration) throws {
        let deadline = Deadline(milliseconds: timeout * 1_000)
        var last = ""
        try database.withDatabase { db in
            while true {
                let work = try HostWork.underWay(configuration, in: &db)
                guard !work.isNone else { return }
                if Self.words(work) != last { Console.note("waiting: \(Self.words(work))") }
                last = Self.words(work)
                guard deadline.remainingMilliseconds > 0 else {
                    throw Console.fail("still \(last) after \(counted(timeout, "second"))", ExitStatus.temporary)
                }
                usleep(200_000)
            }
        }
    }

    private func told(_ work: () throws(SystemError) -> Void) throws {
        do { try work() } catch {
            guard error.number != EACCES && error.number != EPERM else {
                throw Console.fail("\(error): use sudo", ExitStatus.noPermission)
            }
            throw Console.fail("\(error): is bitstockerz.target started?", ExitStatus.unavailable)
        }
    }

    private static func words(_ work: HostWork) -> String {
        return "\(counted(work.requests, "request")) and \(counted(work.jobs, "job")) under way"
    }
}
