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

    func keys(for header: TokenHeader) -> [VerificationKey] {
        state.withLock { state in state.keys.filter { $0.fits(header) } }
    }

    /// Reads for the first time.
    ///
    /// - Throws: ``KeyError`` when there are no keys, but for those of a URL: they may come yet.
    func load() async throws(KeyError) {
        if case .url = reference.place { return await refresh() }
        do throws(KeyError) {
            if let set = try await read(), set.keys.isEmpty {
                let reasons = set.notes.isEmpty ? "it is empty" : set.notes.joined(separator: "; ")
                throw KeyError("a JSON Web Key Set without a key that can be used: \(reasons)")
            }
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
    ///
    /// - Returns: whether a key that is not there now is none: false where the last reading failed, or another would have
    ///   come too soon.
    func refreshForToken() async -> Bool {
        guard case .url = reference.place else { return state.withLock(\.isCurrent) }
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if state.reading != nil { return true }
            if let last = state.lastTokenFetch, now - last < reader.timing.tokenInterval { return false }
            state.lastTokenFetch = now
            return true
        }
        guard isDue else { return false }
        await refresh()
        return state.withLock(\.isCurrent)
    }

    /// Returns when the reading that goes on, or a new one, has ended.
    private func refresh() async {
        let reading = state.withLock { state in
            if let reading = state.reading { return reading }
            // On its own: others wait for it when whoever began it gives up.
            let reading = Task {
                do throws(KeyError) {
                    _ = try await self.read()
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

    /// - Returns: nil where nothing has changed.
    private func read() async throws(KeyError) -> KeySet? {
        let answer = try await reader.read(reference.place)
        let isKnown = state.withLock { state in
            state.pause = answer.freshness
            guard state.bytes == answer.bytes else { return false }
            state.isCurrent = true
            return true
        }
        guard !isKnown else { return nil }
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
        return set
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
