import NIOCore

/// A budget that fills up at a steady rate. A pure value.
///
/// What is taken while the bucket is not empty may be more than there is: the rest is owed, so that what is larger than
/// the whole bucket passes now and then, and the rate holds all the same.
package struct TokenBucket: Sendable {
    /// How long an empty bucket takes to fill.
    private static let fillTime = TimeAmount.seconds(2)

    private let perSecond: Int
    /// When the bucket is full again.
    private var full: NIODeadline

    /// A full bucket.
    ///
    /// - Parameter perSecond: 0 for no limit.
    package init(perSecond: Int, now: NIODeadline) {
        self.perSecond = perSecond
        full = now
    }

    /// The bucket is empty up to and including this moment.
    package var opening: NIODeadline { full - Self.fillTime }

    package mutating func take(_ amount: Int, now: NIODeadline) {
        guard perSecond > 0 else { return }
        let time = Double(amount) / Double(perSecond) * 1e9
        full = max(full, now) + .nanoseconds(Int64(time))
    }
}
