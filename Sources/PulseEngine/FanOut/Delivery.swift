import NIOCore
import PulseModel

/// A stretch of the log on its way to the connections of all event loops.
public struct Delivery: Sendable {
    package let runs: [FrameRun]
    /// With this delivery, everything up to here has been delivered.
    package let upTo: Version
    /// It is complete for connections of this generation and older ones.
    package let coverage: Interest.Generation
    /// When it was committed; nil where it was read from the log.
    let committed: Timestamp?
    let byteCount: Int

    package init(_ runs: [FrameRun], upTo: Version, coverage: Interest.Generation, committed: Timestamp? = nil) {
        self.runs = runs
        self.upTo = upTo
        self.coverage = coverage
        self.committed = committed
        byteCount = runs.reduce(0) { $0 + $1.frames.readableBytes }
    }
}
