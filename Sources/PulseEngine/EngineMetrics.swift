import PulseMetrics

/// What the engine counts where it happens.
package struct EngineMetrics: Sendable {
    let pausedUploads: Counter
    let commitRecords: Histogram
    let commitSeconds: Histogram
    let deliverySeconds: Histogram
    let pageSeconds: Histogram
    let pageRecords: Counter
    let pushes: Counter
    let pushedBytes: Counter
    let catchingUp: Gauge
    let fellBehind: Counter
    private let storeErrors: [StoreError.Code: Counter]

    package init(_ registry: MetricRegistry = MetricRegistry()) {
        pausedUploads = registry.counter(
            "pulse_write_queue_pauses_total", "Uploads that were kept back, their connection unread, for want of room.")
        commitRecords = registry.histogram(
            "pulse_commit_records", "Records that a commit wrote.", bounds: Histogram.counts)
        commitSeconds = registry.histogram(
            "pulse_commit_seconds", "Time that the store took for a commit.", bounds: Histogram.seconds)
        deliverySeconds = registry.histogram(
            "pulse_delivery_seconds", "Time from a commit, of any worker, to the sockets of this one.",
            bounds: DelayHistogram.bounds)
        pageSeconds = registry.histogram(
            "pulse_page_read_seconds", "Time that the store took for a page of a delta or of catching up.",
            bounds: Histogram.seconds)
        pageRecords = registry.counter(
            "pulse_page_records_total", "Records read for deltas and for catching up.")
        pushes = registry.counter("pulse_pushes_total", "Live records handed to sockets, once for each receiver.")
        pushedBytes = registry.counter("pulse_pushed_bytes_total", "Bytes of them.")
        catchingUp = registry.gauge(
            "pulse_connections_catching_up", "Connections that read the log because they are not live yet or any more.")
        fellBehind = registry.counter(
            "pulse_fell_behind_total", "Times that a live connection missed news and had to read the log.")
        storeErrors = Dictionary(
            uniqueKeysWithValues: StoreError.Code.allCases.map {
                let label = ("code", $0.label)
                return (
                    $0, registry.counter("pulse_store_errors_total", "Calls that the store failed.", labels: [label])
                )
            })
    }

    func count(_ error: StoreError) {
        storeErrors[error.code]?.add()
    }
}

extension StoreError.Code {
    fileprivate var label: String {
        switch self {
        case .unavailable: "unavailable"
        case .outcomeUnknown: "outcome_unknown"
        case .tooLarge: "too_large"
        case .unusable: "unusable"
        }
    }
}

extension MetricRegistry {
    /// What the parts of an engine keep count of themselves.
    func observe(_ queue: WriteQueue) {
        gauge("pulse_write_queue_writes", "Writes that wait for a commit.") { Double(queue.waiting.writes) }
        gauge("pulse_write_queue_bytes", "Bytes of values that wait for a commit.") { Double(queue.waiting.bytes) }
        gauge("pulse_write_queue_paused_connections", "Connections that are not read from for want of room.") {
            Double(queue.waiting.guests)
        }
    }

    func observe(_ follower: LogFollower) {
        gauge("pulse_head_version", "The newest version that this worker knows of.") {
            Double(follower.place.head.number)
        }
        gauge("pulse_delivered_version", "Everything up to this version has been handed to this worker's connections.")
        {
            Double(follower.place.position.number)
        }
        counter("pulse_commits_received_total", "Commits taken from the bus.") {
            Double(follower.place.counts.received)
        }
        counter("pulse_commits_repeated_total", "Commits from the bus that were known already.") {
            Double(follower.place.counts.repeated)
        }
        for cause in Sequencer.Cause.allCases {
            counter(
                "pulse_log_healed_total", "Stretches that the bus did not bring and that were read from the log.",
                labels: [("cause", cause.name.replacing("-", with: "_"))]
            ) { Double(follower.place.counts.healed[cause] ?? 0) }
        }
    }

    func observe(_ bus: any ChangeBus) {
        gauge("pulse_bus_up", "1 while other workers can be heard and told, else 0.") {
            bus.report.trouble == nil ? 1 : 0
        }
        counter("pulse_bus_published_total", "Commits handed to other workers.") { Double(bus.report.published) }
        counter("pulse_bus_dropped_total", "Commits that could not be handed on.") { Double(bus.report.dropped) }
        counter("pulse_bus_received_total", "Commits heard of from other workers.") { Double(bus.report.received) }
        counter("pulse_bus_received_scopes_total", "Contents of scopes that came with them.") {
            Double(bus.report.receivedScopes)
        }
        counter("pulse_bus_reconnects_total", "Times that a lost connection to the bus was made again.") {
            Double(bus.report.reconnects)
        }
    }
}
