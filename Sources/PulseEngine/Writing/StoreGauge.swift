import Logging
import PulseMetrics
import Synchronization

/// Measures a store now and then, and tells the write queue what there is room for.
final class StoreGauge: Sendable {
    private let store: (any MeasuredStore)?
    private let queue: WriteQueue
    private let lastRoom: Mutex<StoreRoom>
    private let usedBytes: Gauge
    private let freeBytes: Gauge
    private let level: Gauge
    private let logger: Logger

    init(_ store: any ChangeStore, limits: StoreLimits, queue: WriteQueue, metrics: MetricRegistry, logger: Logger) {
        self.store = store as? any MeasuredStore
        self.queue = queue
        self.logger = logger
        lastRoom = Mutex(StoreRoom(limits))
        usedBytes = metrics.gauge("pulse_store_bytes", "Bytes of records and indexes in the store.")
        freeBytes = metrics.gauge("pulse_store_free_bytes", "Bytes left where the store lies; 0 where that is unknown.")
        level = metrics.gauge("pulse_store_full", "What the store takes: 0 everything, 1 only deletes, 2 nothing.")
    }

    /// As it was measured last.
    var room: StoreRoom { lastRoom.withLock { $0 } }

    /// A store that does not answer is as full as it was.
    func measure() async {
        guard let store else { return }
        let size: StoreSize
        do {
            size = try await store.size()
        } catch {
            logger.debug("the store cannot be measured", metadata: ["error": "\(error)"])
            return
        }
        usedBytes.set(size.usedBytes)
        freeBytes.set(size.freeBytes ?? 0)
        let (before, now) = lastRoom.withLock { room in
            let before = room.level
            room.measured(size)
            return (before, room.level)
        }
        guard now != before else { return }
        level.set(now.rawValue)
        queue.setStoreLevel(now)
        let metadata: Logger.Metadata = [
            "used_bytes": "\(size.usedBytes)", "free_bytes": "\(size.freeBytes.map(String.init) ?? "unknown")",
        ]
        switch now {
        case .everything: logger.notice("the store has room again: all writes are taken", metadata: metadata)
        case .deletes: logger.error("the store is full: only deletes are taken", metadata: metadata)
        case .nothing: logger.error("the store is full beyond its reserve: nothing is taken", metadata: metadata)
        }
    }
}
