import Glibc
import Synchronization
import System

/// The numbers of one process: cells of 64 bits that any thread adds to without a lock.
///
/// At first they are the process's own. ``share(_:bytes:owner:)`` puts them into a file that all processes of a host map:
/// one slot a process, so that no two of them fight for a cache line. A slot that a process leaves behind keeps what it
/// counted, and the next process goes on from there. Whether somebody lives in a slot says a lock on its first byte, which
/// the kernel lets go of with the process, however that ends.
final class SlotMemory: @unchecked Sendable {
    /// Cells that there is an address for; only those that are used cost memory.
    static let capacity = 1 << 17
    /// `F_OFD_GETLK` and `F_OFD_SETLK`, which Swift's Glibc leaves out: locks of an open file, not of a process.
    private static let queryLock: Int32 = 36
    private static let setLock: Int32 = 37

    private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let file = Mutex<Int32>(-1)

    init() {
        let bytes = Self.capacity * MemoryLayout<UInt64>.stride
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        precondition(memory != UnsafeMutableRawPointer(bitPattern: -1), "no address for \(bytes) bytes")
        cells = memory!.bindMemory(to: Atomic<UInt64>.self, capacity: Self.capacity)
    }

    deinit {
        munmap(cells, Self.capacity * MemoryLayout<UInt64>.stride)
        file.withLock { if $0 >= 0 { close($0) } }
    }

    @inline(__always)
    func add(_ amount: UInt64, to cell: Int) { (cells + cell).pointee.wrappingAdd(amount, ordering: .relaxed) }

    @inline(__always)
    func set(_ value: UInt64, to cell: Int) { (cells + cell).pointee.store(value, ordering: .relaxed) }

    func value(of cell: Int) -> UInt64 { (cells + cell).pointee.load(ordering: .relaxed) }

    /// Bytes of a slot that holds so many cells.
    static func slotBytes(cells: Int) -> Int {
        let page = sysconf(Int32(_SC_PAGESIZE))
        return (cells * MemoryLayout<UInt64>.stride + page - 1) / page * page
    }

    /// Takes the first slot in which nobody lives; what was counted before is forgotten. Once a process, while it has
    /// one thread.
    ///
    /// - Parameter owner: not 0; stands in the first cell until ``leave()``.
    /// - Returns: whose the slot was last, when that process did not leave; else 0.
    func share(_ path: String, bytes: Int, owner: UInt64) throws(SystemError) -> UInt64 {
        let descriptor = try Descriptor(opening: path, O_RDWR | O_CREAT)
        var slot = 0
        while true {
            if Self.lock(descriptor.raw, Self.setLock, F_WRLCK, at: slot * bytes) != nil { break }
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("lock \(path)") }
            slot += 1
        }
        // Given its room now: a file system without any would end this process at its first count.
        let status = posix_fallocate(descriptor.raw, slot * bytes, bytes)
        guard status == 0 else { throw SystemError("make room in \(path)", status) }
        // In the place of the own ones, so that whoever counts need not know.
        guard
            mmap(cells, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor.raw, slot * bytes)
                != UnsafeMutableRawPointer(bitPattern: -1)
        else { throw SystemError("map \(path)") }
        let raw = descriptor.release()
        file.withLock { $0 = raw }
        let before = value(of: 0)
        set(owner, to: 0)
        return before
    }

    /// Says that this process ends as it should.
    func leave() { set(0, to: 0) }

    /// What all processes have counted in a file. Where there is no file yet, nobody has.
    ///
    /// - Parameter gauges: cells that count only in slots in which somebody lives.
    static func sums(
        of path: String, bytes: Int, cells count: Int, gauges: [Int]
    ) throws(SystemError) -> [UInt64] {
        var sums = [UInt64](repeating: 0, count: count)
        let descriptor: Descriptor
        do { descriptor = try Descriptor(opening: path) } catch {
            if error.number == ENOENT { return sums }
            throw error
        }
        let end = Int(lseek(descriptor.raw, 0, SEEK_END))
        let slots = max(0, end) / bytes
        guard slots > 0 else { return sums }
        guard let memory = mmap(nil, slots * bytes, PROT_READ, MAP_SHARED, descriptor.raw, 0),
            memory != UnsafeMutableRawPointer(bitPattern: -1)
        else { throw SystemError("map \(path)") }
        defer { munmap(memory, slots * bytes) }
        let isGauge = Set(gauges)
        for slot in 0..<slots {
            let cells = (memory + slot * bytes).bindMemory(to: Atomic<UInt64>.self, capacity: count)
            let found = lock(descriptor.raw, queryLock, F_RDLCK, at: slot * bytes)
            let isAlive = found.map { Int32($0.l_type) != F_UNLCK } ?? false
            for cell in 1..<count where isAlive || !isGauge.contains(cell) {
                sums[cell] &+= (cells + cell).pointee.load(ordering: .relaxed)
            }
        }
        return sums
    }

    /// Nil when the system says no.
    private static func lock(_ file: Int32, _ command: Int32, _ type: Int32, at offset: Int) -> flock? {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = offset
        lock.l_len = 1
        return fcntl(file, command, &lock) == 0 ? lock : nil
    }
}
