internal import CProcess
import Glibc

/// A program to start, in a session of its own.
public struct Command: Sendable {
    /// Absolute, or found along `PATH` by ``Command/find(_:in:)``.
    public var path: String
    /// Without the program's own name.
    public var arguments: [String]
    /// The whole environment: nothing is inherited.
    public var environment: [String: String]
    /// Our descriptors that become the program's 0, 1, 2 and so on. They stay ours to close.
    public var descriptors: [Int32]
    /// What the program receives when the thread that started it ends, however it ends. SIGTERM unless said.
    public var deathSignal: Int32

    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        descriptors: [Int32] = [0, 1, 2], deathSignal: Int32? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.deathSignal = deathSignal ?? SIGTERM
    }

    /// Starts the program and returns its process id; a program that cannot be executed is an error here.
    public func spawn() throws(SupervisionError) -> Int32 {
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
        argv.append(nil)
        envp.append(nil)
        defer { for text in argv + envp { free(text) } }
        let pid = process_spawn(path, argv, envp, descriptors, Int32(descriptors.count), deathSignal)
        guard pid > 0 else { throw SupervisionError("cannot start \(path)", errno: -pid) }
        return pid
    }

    /// The first executable of that name in the folders, or nil.
    public static func find(_ name: String, in folders: [String]) -> String? {
        folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
