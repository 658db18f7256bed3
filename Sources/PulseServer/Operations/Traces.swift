import PulseEngine
import PulseModel
import PulseWire
import Tracing

/// The spans of a worker: one for each handshake, upload and delta. Without a tracer there is none, and nothing is done.
struct Traces: Sendable {
    private let tracer: (any Tracer)?

    /// The tracer that the program has bootstrapped, if it has.
    init() {
        let tracer = InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    func handshake() -> Trace { Trace(tracer?.startSpan("pulse.handshake", ofKind: .server)) }

    func upload(of model: ModelName, count: Int) -> Trace {
        guard let tracer else { return .none }
        let span = tracer.startSpan("pulse.upload", ofKind: .server)
        span.attributes["pulse.model"] = model.text
        span.attributes["pulse.items"] = count
        return Trace(span)
    }

    /// From the request until the connection is live.
    func delta(of model: ModelName, after version: Version) -> Trace {
        guard let tracer else { return .none }
        let span = tracer.startSpan("pulse.delta", ofKind: .server)
        span.attributes["pulse.model"] = model.text
        span.attributes["pulse.after"] = Int(version.number)
        return Trace(span)
    }
}

/// A span, or none.
struct Trace: Sendable {
    static let none = Trace(nil)

    private let span: (any Span)?

    fileprivate init(_ span: (any Span)?) {
        self.span = span
    }

    /// Ends the span of an upload.
    func end(_ outcomes: some Sequence<Result<WriteOutcome, ItemError>>) {
        guard let span else { return }
        var counts: [ItemOutcome: Int] = [:]
        for outcome in outcomes { counts[ItemOutcome(outcome), default: 0] += 1 }
        for (outcome, count) in counts { span.attributes["pulse.\(outcome.rawValue)"] = count }
        span.end()
    }

    var isRecording: Bool { span != nil }

    func end(_ error: (any Error)? = nil) {
        guard let span else { return }
        if let error { span.recordError(error) }
        span.end()
    }
}
