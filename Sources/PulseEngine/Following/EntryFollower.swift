import Logging
import PulseModel

/// Hands the log on as entries of the HTTP API to a worker's connections that are sent it so: it is read once, and
/// encoded once, for all of them.
struct EntryFollower: Sendable {
    /// How long it rests while there is no such connection. One that comes reads the log meanwhile.
    private static let rest = Duration.milliseconds(50)

    let schema: Schema
    let store: any ChangeStore
    /// What is followed.
    let progress: Progress
    let start: Version
    let interest: Interest
    let metrics: EngineMetrics
    let logger: Logger
    let deliver: @Sendable (Delivery) -> Void

    /// Follows the log until the task is cancelled.
    func run() async {
        var after = start
        while let head = await progress.wait(beyond: after) {
            do throws(StoreError) {
                let delivery = try await delivery(after: after, upTo: head)
                deliver(delivery)
                after = delivery.upTo
            } catch {
                metrics.count(error)
                logger.warning("the log cannot be read for streams", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func delivery(after: Version, upTo head: Version) async throws(StoreError) -> Delivery {
        // Before it is looked whether any scope is wanted: to one that becomes so meanwhile this is not complete.
        let coverage = interest.generation
        if interest.isEmpty {
            try? await Task.sleep(for: Self.rest)
            return Delivery([], upTo: head, coverage: coverage)
        }
        let page = try await store.read(LogQuery(.everything(after: after), upTo: head))
        // The page has all scopes, but of those only are encoded that are wanted now.
        let covered = interest.generation
        let runs = FrameRun.runs(of: page.records, schema: schema, in: .entries, where: interest.isWanted)
        return Delivery(runs, upTo: page.reached, coverage: covered)
    }
}
