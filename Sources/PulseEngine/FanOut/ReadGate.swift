import Synchronization

/// Lets so many reads of the log go on at a time. The others wait in line, first come, first served, so that a
/// connection with much to read gets one page for each of those that wait.
package final class ReadGate: Sendable {
    private struct State {
        var free: Int
        var line = WaitingLine<CheckedContinuation<Bool, Never>>()
    }

    private let state: Mutex<State>

    package init(width: Int) {
        state = Mutex(State(free: width))
    }

    /// How many wait.
    package var waitingCount: Int { state.withLock(\.line.count) }

    /// Runs `read` in its turn.
    ///
    /// - Returns: whether it did, and was not cancelled before.
    package func pass<Failure: Error>(_ read: () async throws(Failure) -> Void) async throws(Failure) -> Bool {
        guard await enter() else { return false }
        defer { leave() }
        try await read()
        return true
    }

    private func enter() async -> Bool {
        let place = Mutex<WaitingLine<CheckedContinuation<Bool, Never>>.Ticket?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasEntered: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    let ticket = state.line.append(continuation)
                    place.withLock { $0 = ticket }
                    return nil
                }
                if let hasEntered { continuation.resume(returning: hasEntered) }
            }
        } onCancel: {
            // Before the place is taken the task is known to be cancelled; behind the turn there is none.
            state.withLock { state in place.withLock(\.self).flatMap { state.line.remove($0) } }?.resume(
                returning: false)
        }
    }

    private func leave() {
        state.withLock { state in
            let next = state.line.popFirst()?.element
            if next == nil { state.free += 1 }
            return next
        }?.resume(returning: true)
    }
}
