/// A figure over several rounds.
package struct Spread: Equatable, Sendable {
    package var median: Double
    package var minimum: Double
    package var maximum: Double

    /// Of an even number of values, the median is the mean of the two in the middle. Nil of none.
    package init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        minimum = first
        maximum = last
    }
}
