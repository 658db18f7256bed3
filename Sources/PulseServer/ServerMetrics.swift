import PulseEngine
import PulseMetrics
import PulseWire

/// What sessions count.
struct ServerMetrics: Sendable {
    /// What became of a handshake that was in order.
    enum Admission: String, CaseIterable {
        case accepted
        case denied
        /// It could not be decided just now.
        case failed
    }

    let uploads: Counter
    let deltas: Counter
    let streams: Gauge
    private let admissions: [Admission: Counter]
    private let items: [ItemOutcome: Counter]
    private let errors: [WireError.Code: Counter]

    init(_ registry: MetricRegistry) {
        uploads = registry.counter("pulse_uploads_total", "Upload messages, of one item or a batch.")
        deltas = registry.counter("pulse_deltas_total", "Deltas that were begun.")
        streams = registry.gauge("sync_websocket_connections", "Clients that are sent the stream of the HTTP API.")
        admissions = Self.series(Admission.allCases) {
            registry.counter(
                "pulse_admissions_total", "Clients that asked to be let in.", labels: [("result", $0.rawValue)])
        }
        items = Self.series(ItemOutcome.allCases) {
            registry.counter(
                "pulse_upload_items_total", "Uploaded items that were answered.", labels: [("outcome", $0.rawValue)])
        }
        errors = Self.series(WireError.Code.allCases) {
            registry.counter(
                "pulse_sync_errors_total", "Messages that were refused.", labels: [("code", String($0.rawValue))])
        }
    }

    private static func series<Key: Hashable>(_ keys: [Key], _ make: (Key) -> Counter) -> [Key: Counter] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, make($0)) })
    }

    func count(_ admission: Admission) {
        admissions[admission]?.add()
    }

    func count(_ error: WireError) {
        errors[error.code]?.add()
    }

    func count(_ outcomes: some Sequence<Result<WriteOutcome, ItemError>>) {
        var counts: [ItemOutcome: Int] = [:]
        for outcome in outcomes { counts[ItemOutcome(outcome), default: 0] += 1 }
        for (outcome, count) in counts { items[outcome]?.add(count) }
    }
}

/// What became of an uploaded item, for operators.
enum ItemOutcome: String, CaseIterable {
    case stored, repeated, conflict, failed

    init(_ outcome: Result<WriteOutcome, ItemError>) {
        switch outcome {
        case .success(.accepted), .success(.resolved): self = .stored
        case .success(.repeated), .success(.answered): self = .repeated
        case .success(.conflict): self = .conflict
        case .success(.rejected), .failure: self = .failed
        }
    }
}
