// What the allocator does with large blocks, in a process that does nothing else: beside other threads, what they give
// back decides as well. Prints how many pages came new from the system in each of some rounds of three blocks that are
// allocated, written and freed.
//
// usage: LargeBlocks keep|leave

import Daemon
import Glibc

let pages = 1_024

func use() {
    let blocks = (0..<3).map { _ in UnsafeMutablePointer<UInt8>.allocate(capacity: pages * 4_096) }
    for block in blocks {
        for page in 0..<pages { block[page * 4_096] = 1 }
    }
    for block in blocks { block.deallocate() }
}

/// Of this process, those that went to no disk.
func faults() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_minflt
}

if CommandLine.arguments.last == "keep" { Allocator.keepLargeBlocks() }
for _ in 0..<3 { use() }
for _ in 0..<10 {
    let before = faults()
    use()
    print(faults() - before)
}
