import NIOCore
import Synchronization

/// One value for each event loop, made when it is first asked for.
final class PerEventLoop<Value: Sendable>: Sendable {
    private let make: @Sendable (any EventLoop) -> Value
    private let values = Mutex<[ObjectIdentifier: Value]>([:])

    init(_ make: @escaping @Sendable (any EventLoop) -> Value) {
        self.make = make
    }

    subscript(loop: any EventLoop) -> Value {
        self.values.withLock { values in
            if let value = values[ObjectIdentifier(loop)] { return value }
            let value = self.make(loop)
            values[ObjectIdentifier(loop)] = value
            return value
        }
    }
}
