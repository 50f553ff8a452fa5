import Glibc
import UntrustedBytes

// usage: UntrustedBytesReading list | work SIZE | time SIZE [PATTERN] | corpus FOLDER
//
// list  one line an input: reader, tab, name
// work  reads each input once after one that warms up, in that order, in a function that a profiler finds by its name
// time  one line an input as above, whose line has the pattern, and then the processor time of reading it, in milliseconds
// corpus  reads what a fuzzer begins with, and changed forms of it

@inline(never)
func readHostileInput(_ input: HostileInput, _ bytes: [UInt8]) { input.reader.read(bytes) }

func milliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

let arguments = CommandLine.arguments
let size = arguments.count > 2 ? Int(arguments[2]) : nil
func line(_ input: HostileInput) -> String { "\(input.reader)\t\(input.name)" }

switch (arguments.dropFirst().first, size) {
case ("list", nil):
    for input in HostileInput.all { print(line(input)) }
case ("work", let size?):
    for input in HostileInput.all {
        input.reader.read(input.bytes(64))
        readHostileInput(input, input.bytes(size))
    }
case ("time", let size?):
    let pattern = arguments.count > 3 ? arguments[3] : ""
    for input in HostileInput.all where pattern.isEmpty || line(input).contains(pattern) {
        let bytes = input.bytes(size)
        // The quickest of a few: what disturbs only adds.
        let times = (0..<5).map { _ in
            let start = milliseconds()
            input.reader.read(bytes)
            return milliseconds() - start
        }
        print("\(line(input))\t\(times.min()!)")
    }
case ("corpus", nil) where arguments.count == 3:
    guard let count = try Corpus.read(arguments[2]) else {
        print("\(arguments[2]) has something else than folders of readers, with files in them")
        exit(66)
    }
    print("\(count) inputs read")
default:
    print("usage: UntrustedBytesReading list | work SIZE | time SIZE [PATTERN] | corpus FOLDER")
    exit(64)
}
