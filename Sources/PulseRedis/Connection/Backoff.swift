/// How long to wait before connecting again: twice as long each time, up to a limit, and by lot between half of that
/// and all of it, so that the workers of a deployment do not come back in one moment.
struct Backoff {
    static let shortest = Duration.milliseconds(50)
    static let longest = Duration.seconds(2)

    private var next = shortest

    mutating func wait() -> Duration {
        defer { next = min(next * 2, Self.longest) }
        return next * Double.random(in: 0.5...1)
    }

    mutating func reset() {
        next = Self.shortest
    }
}
