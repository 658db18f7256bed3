import Dispatch
import Synchronization

/// Waits for what is asynchronous: libFuzzer calls a plain function, on a thread that is its own to block.
func awaitResult<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Value>()
    Task.detached {
        do {
            let value = try await body()
            box.result.withLock { $0 = .success(value) }
        } catch {
            box.result.withLock { $0 = .failure(error) }
        }
        done.signal()
    }
    done.wait()
    return try box.result.withLock { result in
        guard let result else { fatalError("It was signalled without a result.") }
        return try result.get()
    }
}

private final class Box<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
}
