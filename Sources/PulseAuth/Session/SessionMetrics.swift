internal import PulseMetrics

/// What the backend was asked and said.
struct SessionMetrics {
    private let accepted: Counter
    private let refused: Counter
    private let unavailable: Counter

    init(_ registry: MetricRegistry) {
        let counter = { answer in
            registry.counter(
                "pulse_session_requests_total",
                "Requests to the backend that knows the sessions, by what came of them.",
                labels: [("answer", answer)])
        }
        accepted = counter("accepted")
        refused = counter("refused")
        unavailable = counter("unavailable")
    }

    func count(_ answer: SessionAnswer) {
        switch answer {
        case .accepted: accepted.add()
        case .refused: refused.add()
        case .unavailable: unavailable.add()
        }
    }
}
