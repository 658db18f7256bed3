import Logging
import Synchronization

/// One ``KeyReference`` and the last good keys that came from it.
final class KeySource: Sendable {
    let reference: KeyReference
    private let reader: KeyReader
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var keys: [VerificationKey] = []
        /// What the keys were read from.
        var bytes: [UInt8]?
        /// Whether the last reading went well.
        var isCurrent = false
        var pause = Duration.zero
        var reading: Task<Void, Never>?
        var lastTokenFetch: ContinuousClock.Instant?
    }

    init(_ reference: KeyReference, reader: KeyReader, logger: Logger) {
        self.reference = reference
        self.reader = reader
        var logger = logger
        logger[metadataKey: "keys"] = "\(reference)"
        self.logger = logger
    }

    /// Whether the last reading went well.
    var isCurrent: Bool { state.withLock(\.isCurrent) }

    func keys(for header: TokenHeader) -> [VerificationKey] {
        state.withLock { state in state.keys.filter { $0.fits(header) } }
    }

    /// Reads for the first time.
    ///
    /// - Throws: ``KeyError`` when there are no keys, but for those of a URL: they may come yet.
    func load() async throws(KeyError) {
        if case .url = reference.place { return await refresh() }
        do throws(KeyError) {
            try await read()
        } catch {
            throw error.of(reference)
        }
    }

    /// Reads again, time after time, until it is cancelled.
    func run() async {
        if case .environment = reference.place { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: state.withLock(\.pause))
            if !Task.isCancelled { await refresh() }
        }
    }

    /// Fetches once more for the sake of a token that no key fits, unless another token has just had that done.
    func refreshForToken() async {
        guard case .url = reference.place else { return }
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if state.reading != nil { return true }
            if let last = state.lastTokenFetch, now - last < reader.timing.tokenInterval { return false }
            state.lastTokenFetch = now
            return true
        }
        if isDue { await refresh() }
    }

    /// Returns when the reading that goes on, or a new one, has ended.
    private func refresh() async {
        let reading = state.withLock { state in
            if let reading = state.reading { return reading }
            // On its own: others wait for it when whoever began it gives up.
            let reading = Task {
                do throws(KeyError) {
                    try await self.read()
                } catch {
                    self.keep(after: error)
                }
                self.state.withLock { $0.reading = nil }
            }
            state.reading = reading
            return reading
        }
        await reading.value
    }

    private func read() async throws(KeyError) {
        let answer = try await reader.read(reference.place)
        let isKnown = state.withLock { state in
            state.pause = answer.freshness
            guard state.bytes == answer.bytes else { return false }
            state.isCurrent = true
            return true
        }
        guard !isKnown else { return }
        let set = try await KeySet(answer.bytes, for: reference.algorithms)
        let isFirst = state.withLock { state in
            defer {
                state.keys = set.keys
                state.bytes = answer.bytes
                state.isCurrent = true
            }
            return state.bytes == nil
        }
        logger.info("\(isFirst ? "keys were read" : "keys have changed")", metadata: ["count": "\(set.keys.count)"])
        for note in set.notes { logger.warning("a key is not used", metadata: ["reason": "\(note)"]) }
    }

    private func keep(after error: KeyError) {
        let hasKeys = state.withLock { state in
            state.isCurrent = false
            state.pause = reader.timing.retryInterval
            return !state.keys.isEmpty
        }
        logger.warning(
            "keys cannot be read; \(hasKeys ? "the last good ones are used" : "there are none yet")",
            metadata: ["reason": "\(error)"])
    }
}
