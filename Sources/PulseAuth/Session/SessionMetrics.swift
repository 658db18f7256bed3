internal import PulseMetrics

/// What the backend was asked and said.
struct SessionMetrics {
    private let accepted: Counter
    private let refused: Counter
    private let unavailable: Counter
    /// Clients that were not even asked about.
    let overflow: Counter

    init(_ registry: MetricRegistry, backend: Int) {
        let counter = { answer in
            registry.counter(
                "pulse_session_requests_total",
                "Requests to the backend that knows the sessions, by what came of them.",
                labels: [("backend", "\(backend)"), ("answer", answer)])
        }
        accepted = counter("accepted")
        refused = counter("refused")
        unavailable = counter("unavailable")
        overflow = registry.counter(
            "pulse_session_overflows_total", "Clients told to come back, as too many waited for that backend.",
            labels: [("backend", "\(backend)")])
    }

    func count(_ answer: SessionAnswer) {
        switch answer {
        case .accepted: accepted.add()
        case .refused: refused.add()
        case .unavailable: unavailable.add()
        }
    }
}
