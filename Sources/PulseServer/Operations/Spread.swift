/// When how many of a number of clients are sent away: evenly over a time, so that they do not all come back at once,
/// but at least 100 a second.
package struct Spread: Sendable, Hashable {
    private let count: Int
    private let length: Duration

    package init(_ count: Int, over length: Duration) {
        self.count = count
        self.length = min(length, .milliseconds(10) * count)
    }

    /// How many are to be gone after so long; the first one at once.
    package func due(after elapsed: Duration) -> Int {
        guard elapsed < length else { return count }
        return min(count, Int(elapsed / length * Double(count)) + 1)
    }
}
