internal import CMalloc

/// What the C library does with memory that was freed.
public enum Allocator {
    /// Lets it keep large blocks for the next who asks.
    ///
    /// Otherwise they go back to the system at once, and a program that needs as much again for its next job gets new
    /// pages, each of which costs a fault and a page of zeros: more, for a curve, than computing it. The library learns
    /// from the largest block that was ever given back, up to 32 MiB, and keeps twice as much (`mallopt(3)`, "dynamic
    /// mmap threshold"); so it is shown one. Its pages are never touched.
    public static func keepLargeBlocks() {
        UnsafeMutableRawPointer.allocate(byteCount: (32 << 20) - 65_536, alignment: 16).deallocate()
    }

    /// Gives whole pages of what was freed back to the system, also those below what is still in use.
    ///
    /// Otherwise one small thing that lives on keeps all of what a large answer took: a responder would carry it to the end
    /// of its life.
    public static func giveBack() { malloc_trim(0) }
}
