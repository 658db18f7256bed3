import NIOCore

/// The part of a round that is measured.
package struct Window: Equatable, Sendable {
    package var from: NIODeadline
    package var to: NIODeadline

    package init(from: NIODeadline, to: NIODeadline) {
        self.from = from
        self.to = to
    }

    /// One that nothing lies in.
    package static let none = Window(from: .distantFuture, to: .distantFuture)

    package func contains(_ time: NIODeadline) -> Bool { time >= from && time < to }

    package var seconds: Double { Double((to - from).nanoseconds) / 1e9 }
}
