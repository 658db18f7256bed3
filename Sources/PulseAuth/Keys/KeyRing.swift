public import AsyncHTTPClient
public import Logging
import PulseEngine

/// All keys that tokens may be signed with, kept fresh while ``run()`` runs.
public struct KeyRing: Sendable {
    private let sources: [KeySource]
    private let verifier = Verifier()

    /// Reads all keys once. Those of a URL that does not answer may come later.
    ///
    /// - Parameter client: for key sets by URL. It must follow no redirects, and live as long as the ring is used.
    /// - Throws: ``KeyError`` when a file or an environment variable has no key.
    public init(_ references: [KeyReference], client: HTTPClient, logger: Logger) async throws(KeyError) {
        try await self.init(references, client: client, timing: KeyTiming(), logger: logger)
    }

    package init(
        _ references: [KeyReference], client: HTTPClient, timing: KeyTiming, logger: Logger
    ) async throws(KeyError) {
        let reader = KeyReader(client: client, timing: timing)
        sources = references.map { KeySource($0, reader: reader, logger: logger) }
        for source in sources { try await source.load() }
    }

    /// Reads files again when they change and URLs when their answer is no longer fresh, until it is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for source in sources { group.addTask { await source.run() } }
        }
    }

    /// The reference whose key has signed the token.
    ///
    /// - Throws: a refusal; a temporary one where a source that has no key for the token could not be read just now, or
    ///   too many tokens wait.
    package func key(of token: CompactToken) async throws(AuthenticationError) -> KeyReference {
        let header = token.header
        let sources = sources.filter { $0.reference.algorithms.contains(header.algorithm) }
        guard !sources.isEmpty else { throw AuthenticationError("header: alg is none that a key is configured for") }
        let strangers = sources.filter { $0.keys(for: header).isEmpty }
        if let signer = try await signer(of: token, among: sources) { return signer }
        var isCertain = true
        for source in strangers {
            let isFresh = await source.refreshForToken()
            if let signer = try await signer(of: token, among: [source]) { return signer }
            if !isFresh, source.keys(for: header).isEmpty { isCertain = false }
        }
        guard isCertain else {
            throw AuthenticationError("a key set that may have the key cannot be read now", isTemporary: true)
        }
        throw AuthenticationError(
            strangers.count == sources.count ? "header: no key has this alg and kid" : "signature: not that of a key")
    }

    private func signer(
        of token: CompactToken, among sources: [KeySource]
    ) async throws(AuthenticationError) -> KeyReference? {
        let pairs = sources.flatMap { source in source.keys(for: token.header).map { (source.reference, $0) } }
        // Keys without an id fit any: they are tried only where the one that the token names is not there.
        let named = token.header.keyID == nil ? [] : pairs.filter { $0.1.id != nil }
        let candidates = named.isEmpty ? pairs : named
        guard let index = try await verifier.signer(of: token, among: candidates.map(\.1)) else { return nil }
        return candidates[index].0
    }
}
