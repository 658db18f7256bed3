import PulseModel

/// Counts what one stage of a copy has done, and how long it has taken.
struct CopyPace {
    private let stage: CopyProgress.Stage
    private let start: Version
    private let end: Version
    private let beginning = ContinuousClock.now
    private var recordCount = 0

    init(_ stage: CopyProgress.Stage, from start: Version, to end: Version) {
        self.stage = stage
        self.start = start
        self.end = end
    }

    /// The progress once a further page is done.
    mutating func progress(with page: LogPage) -> CopyProgress {
        recordCount += page.records.count
        return CopyProgress(
            stage: stage, start: start, reached: page.reached, end: end, recordCount: recordCount,
            elapsed: .now - beginning)
    }
}
