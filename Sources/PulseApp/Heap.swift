import CMalloc

/// The memory that the process takes from the system.
enum Heap {
    /// Keeps freed blocks of the size of a page of the log, or of most groups of writes, to be used again.
    ///
    /// Left to itself glibc gives each of them back at once, and the system clears the memory when the next one is
    /// asked for: a fifth of a delta's time.
    static func keepFreedBlocks() {
        #if canImport(Glibc)
            mallopt(M_MMAP_THRESHOLD, 1 << 20)
            mallopt(M_TRIM_THRESHOLD, 4 << 20)
        #endif
    }
}
