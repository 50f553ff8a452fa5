import App
import ArgumentParser
import Market
import System

/// Reading files of bars for commands, with one line on standard error for everything that is wrong.
enum BarFiles {
    /// How many refused lines are named; a wrong file has thousands.
    private static let named = 1_000

    /// - Parameter isForStorage: also refuse what no exchange can have delivered by now.
    /// - Throws: exit 66 for a file that cannot be read, 65 for one that is no file of bars.
    static func read(_ path: String, _ assetType: AssetType, _ timeframe: Timeframe, isForStorage: Bool) throws
        -> BarFile
    {
        let bytes = try Console.contents(of: path)
        do {
            return try BarFile.read(
                bytes, name: path, assetType: assetType, timeframe: timeframe,
                now: isForStorage ? SystemClock.unixMicroseconds() : nil)
        } catch {
            throw Console.fail(error.description, ExitStatus.badData)
        }
    }

    /// Names every refused line.
    static func report(_ refused: [BarFile.RefusedLine]) {
        for line in refused.prefix(named) { Console.note(line.description) }
        if refused.count > named { Console.note("... and \(refused.count - named) more lines") }
    }
}
