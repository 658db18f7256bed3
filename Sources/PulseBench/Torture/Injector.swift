#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Does harm, one fault at a time, and undoes it.
struct Injector {
    let stage: Stage
    var numbers: SeededNumbers
    /// Processes that did not end when they were told to, and were killed.
    var disobedient: [String] = []

    /// - Parameter harmed: called when the harm is done, and before it is undone.
    /// - Returns: whether the fault took place.
    mutating func inject(_ kind: FaultKind, harmed: () async throws -> Void) async throws -> Bool {
        switch kind {
        case .cut: try await network(harmed) { $0.ended() }
        case .reset: try await network(harmed) { $0.reset() }
        case .halfClose: try await network(harmed) { $0.halfClose() }
        case .stall: try await weather(.stalled, harmed)
        case .slow: try await weather(.slow, harmed)
        case .workerKill: try await restart(stage.workers.randomElement(using: &numbers), SIGKILL, harmed)
        case .workerEnd: try await restart(stage.workers.randomElement(using: &numbers), SIGTERM, harmed)
        case .workerStop: try await stop(stage.workers.randomElement(using: &numbers), harmed)
        case .storeKill: try await restart(stage.store, SIGKILL, harmed)
        case .storeStop: try await stop(stage.store, harmed)
        case .redisKill: try await restart(stage.redis, SIGKILL, harmed)
        case .redisStop: try await stop(stage.redis, harmed)
        case .redisConnections: try await killConnections(harmed)
        }
    }

    private mutating func network(
        _ harmed: () async throws -> Void, _ harm: @escaping @Sendable (ProxyPair) -> Void
    ) async throws -> Bool {
        let count = try await stage.proxies.randomElement(using: &numbers)?.each(harm)
        try await harmed()
        return count ?? 0 > 0
    }

    private mutating func weather(_ weather: ProxyPair.Mode, _ harmed: () async throws -> Void) async throws -> Bool {
        guard let proxy = stage.proxies.randomElement(using: &numbers) else { return false }
        let count = try await proxy.set(weather)
        try await harmed()
        try await pause(0.5...1.5)
        _ = try await proxy.set(.passing)
        return count > 0
    }

    private mutating func restart(
        _ process: ServerProcess?, _ signal: Int32, _ harmed: () async throws -> Void
    ) async throws -> Bool {
        guard let process, process.status() != nil else { return false }
        if try await !process.signal(signal, until: { $0 == nil }) {
            disobedient.append(process.name)
            _ = try await process.signal(SIGKILL) { $0 == nil }
        }
        try await harmed()
        try await pause(0...0.1)
        try await process.start()
        return true
    }

    private mutating func stop(_ process: ServerProcess?, _ harmed: () async throws -> Void) async throws -> Bool {
        guard let process, try await process.signal(SIGSTOP, until: { $0 == "T" }) else { return false }
        try await harmed()
        try await pause(0.3...1.5)
        process.signal(SIGCONT)
        return true
    }

    private func killConnections(_ harmed: () async throws -> Void) async throws -> Bool {
        guard let redis = stage.redisAt else { return false }
        var killed = 0
        for kind in ["pubsub", "normal"] {
            killed += try await RedisCommand.integer("CLIENT KILL TYPE \(kind) SKIPME yes", at: redis)
        }
        try await harmed()
        return killed > 0
    }

    private mutating func pause(_ range: ClosedRange<Double>) async throws {
        try await Task.sleep(for: .seconds(numbers.pick(range)))
    }
}
