import Glibc
import UntrustedBytes

// usage: UntrustedBytesFuzz READER [OPTION OF LIBFUZZER | FILE | FOLDER]...
//        UntrustedBytesFuzz seeds FOLDER     writes the hostile inputs, small ones, for a fuzzer to begin with
//
// libFuzzer with one reader of untrusted bytes: what it reads may be refused, but never end the process, touch memory that
// is not its own, or take seconds.

typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: Callback
) -> Int32

nonisolated(unsafe) var reader = UntrustedReader.json

func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    precondition(file >= 0 && Glibc.write(file, bytes, bytes.count) == bytes.count, "cannot write \(path)")
    close(file)
}

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "seeds" {
    for (number, input) in HostileInput.all.enumerated() {
        mkdir("\(arguments[2])/\(input.reader)", 0o755)
        write(input.bytes(400), to: "\(arguments[2])/\(input.reader)/hostile-\(number)")
    }
    exit(0)
}
guard arguments.count > 1, let chosen = UntrustedReader(rawValue: arguments[1]) else {
    print("usage: UntrustedBytesFuzz seeds FOLDER | \(UntrustedReader.allCases.map(\.rawValue)) ...")
    exit(64)
}
reader = chosen
// libFuzzer reads its own options, and does not know the reader.
var rest = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) } + [nil]
var count = Int32(rest.count - 1)
let status = rest.withUnsafeMutableBufferPointer { buffer in
    var list = buffer.baseAddress!
    return runFuzzer(&count, &list) { data, count in
        let bytes = Array(UnsafeBufferPointer(start: data, count: count))
        reader.read(bytes)
        reader.check(bytes)
        return 0
    }
}
exit(status)
