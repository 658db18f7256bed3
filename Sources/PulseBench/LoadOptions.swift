import ArgumentParser
import NIOCore

/// How fast requests follow one another, and for how long.
struct LoadOptions: ParsableArguments {
    @Option(
        help: """
            Requests a second, of all connections together, by the clock alone: latencies then count from when a request \
            was meant to be sent. Without it, each answer is followed by the next request.
            """)
    var rate: Double?

    @Option(help: "Seconds that are measured.")
    var duration = 10.0

    @Option(help: "Seconds of load before that.")
    var warmUp = 2.0

    func validate() throws {
        if let rate { try Check.rate(rate, "rate") }
        try Check.seconds(duration, "duration")
        try Check.seconds(warmUp, "warm-up", orZero: true)
    }

    /// What is to be measured of a load that begins at `start`.
    func window(from start: NIODeadline) -> Window {
        Window(from: start + .seconds(of: warmUp), to: start + .seconds(of: warmUp + duration))
    }

    /// When one of `count` connections sends.
    func pacing(of index: Int, of count: Int, from start: NIODeadline, until end: NIODeadline) -> Pacing {
        guard let rate else { return .closed(until: end) }
        return .open(perSecond: rate, connection: index, of: count, from: start, until: end)
    }
}
