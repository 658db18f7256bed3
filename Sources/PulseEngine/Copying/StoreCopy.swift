import PulseModel

/// Copies the log of one store into another, page by page, and compares the two at the end.
///
/// A copy that was interrupted, in whatever way, goes on where it stopped when it is run again.
public struct StoreCopy: Sendable {
    private let source: CopySide
    private let sourceName: String
    private let target: CopySide

    /// How often the source's new writes are copied too before it is said to be written to all the time.
    private static let maximumRounds = 5

    /// - Parameters:
    ///   - sourceName: the same whenever this source is copied from, without a password.
    ///   - maximumPageRecords: the most records to read, and to write in one transaction.
    public init(
        from source: any CopyableStore, named sourceName: String, to target: any CopyableStore,
        maximumPageRecords: Int = 2_000
    ) {
        self.source = CopySide(source, maximumPageRecords: maximumPageRecords) { .source($0) }
        self.sourceName = sourceName
        self.target = CopySide(target, maximumPageRecords: maximumPageRecords) { .target($0) }
    }

    /// Copies what is not there yet, with what is written to the source meanwhile, and completes the copy once both
    /// logs are equal.
    ///
    /// - Parameter report: called after each page.
    /// - Throws: ``CopyError``; the target is then an unfinished copy, or as it was.
    public func run(reporting report: (CopyProgress) -> Void = { _ in }) async throws(CopyError) -> CopySummary {
        for _ in 0..<Self.maximumRounds {
            let history = try await source.history()
            let reached = try await target.beginCopy(of: history, from: sourceName)
            let head = try await source.head()
            try await copy(after: reached, upTo: head, report)
            guard try await source.head() == head else { continue }
            async let expected = source.digest(upTo: head)
            let found = try await target.digest(upTo: head, report).get()
            let digest = try await expected.get()
            // A record that was written again meanwhile is in one of the two only.
            guard try await source.head() == head, try await source.history() == history else { continue }
            try await compare(digest, with: found, head: head)
            try await target.endCopy(at: try await source.floors())
            return CopySummary(digest)
        }
        throw .sourceMoves
    }

    /// Writes each page while the next one is read.
    private func copy(
        after start: Version, upTo end: Version, _ report: (CopyProgress) -> Void
    ) async throws(CopyError) {
        guard start < end else { return }
        var pace = CopyPace(.copying, from: start, to: end)
        var page = try await source.page(after: start, upTo: end).get()
        while true {
            let current = page
            async let next = source.page(after: current.reached, upTo: end)
            try await target.take(current)
            report(pace.progress(with: current))
            if current.reached >= end { return }
            if Task.isCancelled { throw .cancelled }
            page = try await next.get()
        }
    }

    private func compare(_ expected: LogDigest, with found: LogDigest, head: Version) async throws(CopyError) {
        if let part = expected.firstDifference(from: found) {
            throw .different(
                part.model, part.scope, sourceCount: expected.parts[part]?.count ?? 0,
                targetCount: found.parts[part]?.count ?? 0)
        }
        let targetHead = try await target.head()
        guard targetHead == head else { throw .differentHead(source: head, target: targetHead) }
    }
}
