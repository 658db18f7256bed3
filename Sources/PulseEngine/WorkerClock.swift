import PulseModel

/// The wall clock of one worker, which follows no jump ahead.
///
/// What it says stamps writes, and stamps cannot be taken back: a clock that is once set to next year by mistake would put
/// a whole log there. So it goes no further ahead than ``maximumLead`` of the time that has passed since the worker
/// began. Who sets a clock right by more than that starts the workers again.
public struct WorkerClock: Sendable {
    public static let maximumLead = Duration.seconds(60)

    private let wall: @Sendable () -> Timestamp
    private let elapsed: @Sendable () -> Duration
    private let beginning: Timestamp

    /// - Parameters:
    ///   - wall: the wall clock.
    ///   - elapsed: the time since the call; from a clock that cannot be set.
    public init(wall: @escaping @Sendable () -> Timestamp, elapsed: @escaping @Sendable () -> Duration) {
        self.wall = wall
        self.elapsed = elapsed
        beginning = wall()
    }

    /// The machine's own clocks.
    public init() {
        let begin = ContinuousClock.now
        self.init(wall: Timestamp.now, elapsed: { ContinuousClock.now - begin })
    }

    public func now() -> Timestamp {
        let lead = elapsed() + Self.maximumLead
        return min(wall(), Timestamp(microseconds: beginning.microseconds + Int64(lead / .microseconds(1))))
    }
}
