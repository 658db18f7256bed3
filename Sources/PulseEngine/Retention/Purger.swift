import PulseModel

/// Takes tombstones that are old enough out of a log, a few at a time.
///
/// Several may do so at once, and one may stop at any moment: each step is a commit of its own.
public struct Purger: Sendable {
    /// Records that leave the log in one commit.
    public static let stepRecords = 500

    private let store: any ChangeStore
    private let retention: Retention
    private let now: @Sendable () -> Timestamp

    public init(_ store: any ChangeStore, _ retention: Retention, clock: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.retention = retention
        now = clock
    }

    /// Purges what may go by now, or until the task is cancelled.
    ///
    /// - Parameters:
    ///   - pause: between two steps, for others to write.
    ///   - report: called after each step, the last of which may have taken nothing.
    /// - Throws: ``StoreError``. What was purged by then is.
    public func run(
        pausing pause: Duration = .zero, reporting report: (Retention.Rule, Int) -> Void
    ) async throws(StoreError) {
        for rule in retention.rules {
            let purge = try await purge(of: rule)
            var count = 0
            repeat {
                count = try await store.purge(purge, maximumRecords: Self.stepRecords)
                report(rule, count)
                if count == Self.stepRecords { try? await Task.sleep(for: pause) }
                if Task.isCancelled { return }
            } while count == Self.stepRecords
        }
    }

    /// Counts what may go by now.
    ///
    /// - Throws: ``StoreError``.
    public func count(reporting report: (Retention.Rule, Int) -> Void) async throws(StoreError) {
        for rule in retention.rules { report(rule, try await store.count(try await purge(of: rule))) }
    }

    private func purge(of rule: Retention.Rule) async throws(StoreError) -> LogPurge {
        let end = rule.end(before: try await store.position().stamp, now: now())
        return LogPurge(rule.model, leaving: rule.remainder, upTo: try await store.version(at: end))
    }
}
