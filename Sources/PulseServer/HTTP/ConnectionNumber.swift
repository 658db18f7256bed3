import Synchronization

/// A connection's number in the log: short, and its alone while the process lives.
enum ConnectionNumber {
    private static let last = Atomic<Int>(0)

    static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
