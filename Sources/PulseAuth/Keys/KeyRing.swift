public import AsyncHTTPClient
public import Logging
import PulseEngine

/// All keys that tokens may be signed with, kept fresh while ``run()`` runs.
public struct KeyRing: Sendable {
    private let sources: [KeySource]

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
    /// - Throws: a refusal; a temporary one where a source that has no key for the token could not be read.
    package func key(of token: CompactToken) async throws(AuthenticationError) -> KeyReference {
        let header = token.header
        let sources = sources.filter { $0.reference.algorithms.contains(header.algorithm) }
        guard !sources.isEmpty else { throw AuthenticationError("header: alg is none that a key is configured for") }
        let strangers = sources.filter { $0.keys(for: header).isEmpty }
        if let signer = sources.first(where: { $0.hasSigned(token) }) { return signer.reference }
        for source in strangers {
            await source.refreshForToken()
            if source.hasSigned(token) { return source.reference }
        }
        guard strangers.allSatisfy({ $0.isCurrent || !$0.keys(for: header).isEmpty }) else {
            throw AuthenticationError("a key set that may have the key cannot be read", isTemporary: true)
        }
        throw AuthenticationError(
            strangers.count == sources.count ? "header: no key has this alg and kid" : "signature: not that of a key")
    }
}

extension KeySource {
    fileprivate func hasSigned(_ token: CompactToken) -> Bool {
        keys(for: token.header).contains { $0.hasSigned(token) }
    }
}
