public import PulseEngine

/// What `store copy` says while it works and when it is done.
public struct CopyReport: Sendable {
    private let isTerminal: Bool
    private var last: CopyProgress?

    private static let barLength = 24

    /// - Parameter isTerminal: whether to redraw one line rather than to write a further one now and then.
    public init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    /// What to write now, with its line break if it is to have one; nil where the last text is recent enough.
    public mutating func text(for progress: CopyProgress) -> String? {
        let isSameStage = last?.stage == progress.stage && last?.start == progress.start
        let pause = progress.elapsed - (isSameStage ? last?.elapsed ?? .zero : .zero)
        let isDone = progress.reached >= progress.end
        guard isDone || pause >= (isTerminal ? .milliseconds(100) : .seconds(5)) else { return nil }
        last = progress
        let percentage = Int(progress.fraction * 100)
        var line = "\(percentage)%, \(progress.recordCount) records, \(Int(progress.rate))/s"
        if !isDone, let timeLeft = progress.timeLeft { line += ", \(Self.text(of: timeLeft)) left" }
        guard isTerminal else { return "\(progress.stage): \(line)\n" }
        let done = Int(progress.fraction * Double(Self.barLength))
        let bar = String(repeating: "#", count: done) + String(repeating: ".", count: Self.barLength - done)
        return "\r\(progress.stage) [\(bar)] \(line)\u{1B}[K" + (isDone ? "\n" : "")
    }

    /// What ends a line that was to be redrawn.
    public var interruption: String {
        guard isTerminal, let last, last.reached < last.end else { return "" }
        return "\n"
    }

    /// The last line.
    public static func text(of summary: CopySummary, after duration: Duration) -> String {
        "copied \(counted(summary.recordCount, "record")) of \(counted(summary.modelCount, "model")) in "
            + "\(counted(summary.scopeCount, "scope")), in \(text(of: duration)): counts and checksums are equal"
    }

    private static func text(of duration: Duration) -> String {
        let seconds = Int((duration / .seconds(1)).rounded())
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        }
    }
}
