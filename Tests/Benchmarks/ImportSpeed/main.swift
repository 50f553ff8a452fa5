import Foundation
import JSON

// usage: ImportSpeed series BARS | file BARS
//
// series  1,000 new bars into an empty series and into one of so many bars
// file    a file of so many bars, against a bare COPY of the same rows
//
// Prints one JSON object.

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.dropFirst().first.flatMap { Int($0) }) {
    case ("series", let count?) where count > 1_000:
        FileHandle.standardOutput.write(Data(try measureLongSeries(of: count).bytes + [10]))
    case ("file", let count?) where count > 0:
        FileHandle.standardOutput.write(Data(try measureWholeFile(of: count, rounds: 3).bytes + [10]))
    // What `file` starts.
    case ("child", nil) where arguments.count == 4: try importFile(Array(arguments.dropFirst()))
    default:
        FileHandle.standardError.write(Data("usage: ImportSpeed series BARS | file BARS\n".utf8))
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
