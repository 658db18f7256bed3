import PulseEngine

/// Finds out whether a worker can serve clients. However often it is asked, the store is asked once in a second.
actor ReadinessProbe {
    /// How long the store may take to answer.
    private static let patience = Duration.seconds(2)
    /// How long an answer counts.
    private static let validity = Duration.seconds(1)

    private let engine: SyncEngine
    private let drain: Drain
    private var last: (readiness: Readiness, time: ContinuousClock.Instant)?
    private var current: Task<Readiness, Never>?
    /// Whether the store has been asked and has not answered yet, however long ago.
    private var isAsking = false

    init(engine: SyncEngine, drain: Drain) {
        self.engine = engine
        self.drain = drain
    }

    func readiness() async -> Readiness {
        var readiness = await shared()
        // That much is known at once.
        readiness.isStopping = drain.hasBegun
        return readiness
    }

    private func shared() async -> Readiness {
        if let last, last.time.duration(to: .now) < Self.validity { return last.readiness }
        if let current { return await current.value }
        let probing = Task { await probe() }
        current = probing
        let readiness = await probing.value
        last = (readiness, .now)
        current = nil
        return readiness
    }

    private func probe() async -> Readiness {
        Readiness(
            store: await storeAnswers() ? .ready : .unavailable,
            bus: engine.report().bus.trouble == nil ? .ready : .degraded,
            disk: Readiness.Part(engine.storeRoom),
            isStopping: false)
    }

    private func storeAnswers() async -> Bool {
        guard !isAsking else { return false }
        isAsking = true
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
        Task {
            answer.yield((try? await engine.store.head()) != nil)
            isAsking = false
        }
        let alarm = Task {
            try? await Task.sleep(for: Self.patience)
            answer.yield(false)
        }
        defer { alarm.cancel() }
        return await answers.first { _ in true } ?? false
    }
}
