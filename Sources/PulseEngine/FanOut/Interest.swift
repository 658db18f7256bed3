import PulseModel
import Synchronization

/// The scopes that a worker wants to be told of: those that have a connection here, or had one not long ago.
///
/// A commit that was put together for this worker before a scope became wanted has nothing of that scope, and yet may
/// reach the scope's first connection. That is what generations are for. Each scope that becomes wanted begins a new
/// one; a connection remembers the newest of its scopes, and every ``Delivery`` the one whose scopes it is complete for.
/// A delivery of an older generation than the connection's is news that the connection did not get: it reads the log.
package final class Interest: Sendable {
    /// Counts how many times a scope became wanted.
    package struct Generation: Comparable, Sendable {
        package let number: Int

        package init(_ number: Int = 0) {
            self.number = number
        }

        package static func < (left: Generation, right: Generation) -> Bool { left.number < right.number }

        fileprivate var next: Generation { Generation(number + 1) }
    }

    private struct Entry {
        /// When the scope became wanted.
        let generation: Generation
        var connections = 0
    }

    private struct State {
        var generation = Generation()
        var entries: [Scope: Entry] = [:]
        /// Scopes without a connection since the last sweep, and since the one before.
        var idle: Set<Scope> = []
        var expiring: Set<Scope> = []
    }

    /// Scopes without a connection that are kept at most.
    package static let maximumIdleScopes = 10_000

    private let bus: any ChangeBus
    private let state = Mutex(State())

    package init(bus: any ChangeBus) {
        self.bus = bus
    }

    /// Counts a connection of these scopes. What is delivered with the returned generation or a newer one is complete
    /// for it.
    @discardableResult
    package func add(_ scopes: [Scope]) -> Generation {
        state.withLock { state in
            var newest = Generation()
            for scope in scopes {
                if state.entries[scope] == nil {
                    state.generation = state.generation.next
                    state.entries[scope] = Entry(generation: state.generation)
                    // Within the lock, so that the bus hears of changes in their order.
                    bus.want(scope)
                }
                state.entries[scope]!.connections += 1
                state.idle.remove(scope)
                state.expiring.remove(scope)
                newest = max(newest, state.entries[scope]!.generation)
            }
            return newest
        }
    }

    /// Counts a connection of these scopes as gone. They stay wanted for a while: a phone whose connection comes and
    /// goes costs nothing.
    package func remove(_ scopes: [Scope]) {
        state.withLock { state in
            for scope in scopes {
                state.entries[scope]!.connections -= 1
                if state.entries[scope]!.connections == 0 { state.idle.insert(scope) }
            }
            if state.idle.count > Self.maximumIdleScopes { sweep(&state) }
        }
    }

    /// Lets go of the scopes that had no connection from the sweep before the last one on.
    package func sweep() {
        state.withLock { sweep(&$0) }
    }

    private func sweep(_ state: inout State) {
        for scope in state.expiring {
            state.entries[scope] = nil
            bus.unwant(scope)
        }
        state.expiring = state.idle
        state.idle = []
    }

    /// Which connections a delivery is complete for that lacks the content of some scopes; nil when one of them is
    /// wanted.
    package func coverage(without missing: Set<Scope>) -> Generation? {
        state.withLock { state in
            missing.contains { state.entries[$0] != nil } ? nil : state.generation
        }
    }

    /// The newest generation.
    package var generation: Generation { state.withLock { $0.generation } }

    /// Whether no scope is wanted.
    package var isEmpty: Bool { state.withLock(\.entries.isEmpty) }

    package func isWanted(_ scope: Scope) -> Bool {
        state.withLock { $0.entries[scope] != nil }
    }
}
