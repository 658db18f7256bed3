import PulseModel
import Synchronization

/// How far a worker has followed the log, to be waited on.
final class Progress: Sendable {
    private struct State {
        var position: Version
        var waiting: [Int: (after: Version, continuation: CheckedContinuation<Version?, Never>)] = [:]
        var next = 0
    }

    private let state: Mutex<State>

    init(at position: Version) {
        state = Mutex(State(position: position))
    }

    func advance(to position: Version) {
        let ready = state.withLock { state in
            state.position = max(state.position, position)
            let ready = state.waiting.filter { $0.value.after < state.position }
            for key in ready.keys { state.waiting[key] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in ready { continuation.resume(returning: position) }
    }

    /// The position, as soon as it lies beyond a version; nil when the task is cancelled.
    func wait(beyond version: Version) async -> Version? {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let position: Version?? = state.withLock { state in
                    if Task.isCancelled { return .some(nil) }
                    if state.position > version { return state.position }
                    state.waiting[number] = (version, continuation)
                    return nil
                }
                if let position { continuation.resume(returning: position) }
            }
        } onCancel: {
            let waiting = state.withLock { $0.waiting.removeValue(forKey: number) }
            waiting?.continuation.resume(returning: nil)
        }
    }
}
