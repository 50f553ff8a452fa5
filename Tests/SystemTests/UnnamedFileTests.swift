import System
import Testing

@Suite struct UnnamedFileTests {
    @Test func `what is written is read again from any place`() throws {
        let file = try UnnamedFile()
        let numbers = (0..<10_000).map { Double($0) / 3 }
        try file.write(numbers, at: 80_000)
        try file.write([Int64.min, -1, .max], at: 0)
        #expect(try file.read(10_000, Double.self, at: 80_000) == numbers)
        #expect(try file.read(2, Double.self, at: 80_000 + 8 * 7) == [numbers[7], numbers[8]])
        #expect(try file.read(3, Int64.self, at: 0) == [.min, -1, .max])
        #expect(try file.read(0, Int64.self, at: 0).isEmpty)
    }

    @Test func `behind its end there is nothing`() throws {
        let file = try UnnamedFile()
        try file.write([1.5], at: 0)
        #expect(throws: SystemError.self) { try file.read(2, Double.self, at: 0) }
    }

    @Test func `it has no name`() throws {
        func names() throws -> Set<String> {
            Set(try Folder.names(in: "/var/tmp").filter { $0.hasPrefix("bitstockerz-") })
        }
        let before = try names()
        let file = try UnnamedFile()
        try file.write([1], at: 0)
        #expect(try names().subtracting(before).isEmpty)
    }
}
