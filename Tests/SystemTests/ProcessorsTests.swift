import Glibc
import Testing

@testable import System

@Suite struct ProcessorsTests {
    @Test(arguments: [
        ("Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2), ("Cpus_allowed:\tff,ffffffff", 40),
        ("Cpus_allowed:\t00000000,00000010", 1), ("Cpus_allowed:\t0", nil), ("Cpus_allowed_list:\t0-1", nil), ("", nil),
    ])
    func `a mask has as many processors as bits`(status: String, count: Int?) {
        #expect(Processors.allowed(by: status) == count)
    }

    @Test func `this process has one at least, and no more than there are`() {
        #expect((1...max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))).contains(Processors.count))
    }
}
