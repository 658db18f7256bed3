/// Memory and processor time of a server through a round, in a bounded number of points.
package struct UsageCurve: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
        /// Since the round began.
        package var seconds: Double
        package var usage: ProcessUsage
    }

    package static let maximumPoints = 2048

    package private(set) var points: [Point] = []
    /// One of so many samples is kept.
    private var stride = 1
    private var seen = 0

    package init() {}

    /// Adds a sample. When there are too many, every other point goes.
    package mutating func add(_ usage: ProcessUsage, at seconds: Double) {
        defer { seen += 1 }
        guard seen % stride == 0 else { return }
        if points.count == Self.maximumPoints {
            points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            stride *= 2
            guard seen % stride == 0 else { return }
        }
        points.append(Point(seconds: seconds, usage: usage))
    }

    /// Processor time over time, in cores, each value over the span of the last `width` points.
    package func cores(over width: Int = 5) -> [(seconds: Double, cores: Double)] {
        zip(points, points.dropFirst(width)).compactMap { before, after in
            let span = after.seconds - before.seconds
            guard span > 0 else { return nil }
            return (after.seconds, max(0, after.usage.cpuSeconds - before.usage.cpuSeconds) / span)
        }
    }
}
