import Synchronization

/// A number that goes up and down. Safe to change from any thread.
public final class Gauge: Sendable {
    private let number = Atomic<Int>(0)

    public init() {}

    public func add(_ amount: Int = 1) {
        number.wrappingAdd(amount, ordering: .relaxed)
    }

    public func set(_ value: Int) {
        number.store(value, ordering: .relaxed)
    }

    public var value: Int { number.load(ordering: .relaxed) }
}
