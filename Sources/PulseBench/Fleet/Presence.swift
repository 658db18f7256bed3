/// How long a phone has wanted to be connected, whether it was or not: while it is away, nothing is late.
package struct Presence: Sendable {
    private var before: Int64 = 0
    private var since: Int64?

    package init() {}

    package mutating func begin(at now: Int64) {
        since = since ?? now
    }

    package mutating func end(at now: Int64) {
        before = total(at: now)
        since = nil
    }

    /// Nanoseconds.
    package func total(at now: Int64) -> Int64 { before + (since.map { now - $0 } ?? 0) }
}
