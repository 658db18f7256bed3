import PulseMetrics
import PulseModel

/// What the HTTP API counts, under the names that fastapi-offline-sync has for it.
struct SyncMetrics: Sendable {
    let pushes: (success: Counter, failure: Counter)
    let pushedChanges: Counter
    let pulls: Counter
    let pulledChanges: Counter
    let fullResyncs: Counter
    private let conflicts: [ModelName: Counter]

    init(
        _ registry: MetricRegistry, schema: Schema, requests: @escaping @Sendable () -> Int,
        head: @escaping @Sendable () -> Version
    ) {
        func pushes(_ status: String) -> Counter {
            registry.counter("sync_push_total", "Pushes over HTTP.", labels: [("status", status)])
        }
        self.pushes = (pushes("success"), pushes("failure"))
        pushedChanges = registry.counter("sync_push_changes_total", "Changes in pushes over HTTP.")
        conflicts = Dictionary(
            uniqueKeysWithValues: schema.models.map { model in
                let name = model.name.text
                return (
                    model.name,
                    registry.counter(
                        "sync_conflict_total", "Pushed changes that did not know what was stored.",
                        labels: [("collection", name)])
                )
            })
        pulls = registry.counter("sync_pull_total", "Pulls over HTTP.")
        pulledChanges = registry.counter("sync_pull_changes_served_total", "Changes in answers to pulls.")
        fullResyncs = registry.counter("sync_full_resync_total", "Pages of full resyncs.")
        registry.gauge("sync_requests", "Pushes, pulls and full resyncs that are worked on.") { Double(requests()) }
        registry.gauge("sync_oplog_size", "Changes that the log has had so far.") { Double(head().number) }
    }

    func countConflict(in model: ModelName) {
        conflicts[model]?.add()
    }
}
