import Foundation

/// Memory that ends where nothing may be read: one byte too far is a crash, not luck.
final class GuardedBytes {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    init(capacity wanted: Int) {
        capacity = (wanted + page - 1) / page * page
        let mapped = mmap(nil, capacity + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let mapped, mapped != MAP_FAILED, mprotect(mapped + capacity, page, PROT_NONE) == 0 else {
            fatalError("No guarded memory to test with.")
        }
        base = mapped
    }

    deinit { munmap(base, capacity + page) }

    /// The bytes, copied flush against the guard.
    func holding(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        precondition(bytes.count <= capacity, "The sample is larger than the guarded memory.")
        let start = base + (capacity - bytes.count)
        bytes.withUnsafeBytes { start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count) }
        return UnsafeRawBufferPointer(start: start, count: bytes.count)
    }
}
