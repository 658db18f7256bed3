import Logging
import PulseMetrics
import PulseModel

/// The purging that a worker does beside its work.
struct RetentionTask: Sendable {
    private let store: any ChangeStore
    private let purger: Purger
    private let metrics: [ModelName: (purged: Counter, floor: Gauge)]
    private let logger: Logger

    /// Between two steps.
    private static let pause = Duration.milliseconds(100)

    init(
        _ schema: Schema, store: any ChangeStore, metrics registry: MetricRegistry, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        let retention = Retention(of: schema)
        self.store = store
        self.logger = logger
        purger = Purger(store, retention, clock: clock)
        metrics = Dictionary(
            uniqueKeysWithValues: retention.rules.map { rule in
                let label = ("collection", rule.model.text)
                let purged = registry.counter(
                    "pulse_purged_records_total", "Tombstones that this worker has taken out of the log.",
                    labels: [label])
                let floor = registry.gauge(
                    "pulse_purge_floor", "The version up to which tombstones have left the log.", labels: [label])
                return (rule.model, (purged, floor))
            })
    }

    /// Purges what may go by now. What fails is tried again the next time.
    func run() async {
        do {
            try await purger.run(pausing: Self.pause) { rule, count in metrics[rule.model]?.purged.add(count) }
            for (model, floor) in try await store.floors() { metrics[model]?.floor.set(Int(floor.version.number)) }
        } catch {
            logger.warning("tombstones are not purged", metadata: ["error": "\(error)"])
        }
    }
}
