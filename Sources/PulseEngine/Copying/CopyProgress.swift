import PulseModel

/// How far a copy has come.
public struct CopyProgress: Sendable, Hashable {
    public enum Stage: String, Sendable, Hashable {
        case copying
        /// Both logs are read once more, for their counts and checksums.
        case comparing
    }

    public let stage: Stage
    /// Where the stage began, stands, and will end.
    public let start: Version
    public let reached: Version
    public let end: Version
    /// Records copied or compared in this stage. They are fewer than the versions where records were changed.
    public let recordCount: Int
    /// The time since the stage began.
    public let elapsed: Duration

    public init(
        stage: Stage, start: Version, reached: Version, end: Version, recordCount: Int, elapsed: Duration
    ) {
        self.stage = stage
        self.start = start
        self.reached = reached
        self.end = end
        self.recordCount = recordCount
        self.elapsed = elapsed
    }

    /// How much of the log is done, from 0 to 1: what was there when the stage began counts as done.
    public var fraction: Double {
        end == .zero ? 1 : Double(reached.number) / Double(end.number)
    }

    /// Records a second since the stage began.
    public var rate: Double {
        elapsed > .zero ? Double(recordCount) / (elapsed / .seconds(1)) : 0
    }

    /// The time that the rest of the stage will take, if it goes on like this; nil while nothing is done.
    public var timeLeft: Duration? {
        guard reached > start else { return nil }
        return elapsed * (Double(end.number - reached.number) / Double(reached.number - start.number))
    }
}
