import Logging
import PulseModel
import Synchronization

/// Whose credentials are revoked, as this worker has it from the log.
final class Revocations: Sendable {
    /// So long a revocation holds: longer than any token should live. Older ones are not looked at any more.
    static let age = Duration.seconds(30 * 86_400)
    /// Revoked users that are remembered. Of more, those that were revoked first are forgotten.
    static let maximumUsers = 100_000
    /// How long it rests from reading the log, so that on a busy store it costs a few small reads a second.
    private static let pause = Duration.milliseconds(250)

    private let store: any ChangeStore
    private let isServed: Bool
    private let position: Version
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    private let revoked: Mutex<[UserID: Revocation]>

    /// Reads what is in force at a version that the store has reached; ``follow(_:_:)`` goes on from there.
    ///
    /// - Throws: ``StoreError``.
    init(
        in store: any ChangeStore, of schema: Schema, at position: Version, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) async throws(StoreError) {
        self.store = store
        self.position = position
        self.logger = logger
        self.clock = clock
        isServed = schema[Model.revocation.name] != nil
        revoked = Mutex([:])
        var after = Version.zero
        while isServed, after < position {
            let page = try await page(after: after, upTo: position)
            for revocation in page.revocations { note(revocation) }
            after = page.reached
        }
    }

    /// Whether what an identity was authenticated by has been taken back.
    func cover(_ identity: Identity) -> Bool {
        guard let revocation = revoked.withLock({ $0[identity.user] }) else { return false }
        return revocation.covers(identity) && revocation.isInForce(at: clock())
    }

    /// Follows the log until the task is cancelled. What comes is in force before `tell` hears of it.
    func follow(_ progress: Progress, _ tell: @Sendable (Revocation) -> Void) async {
        var after = position
        while isServed, let head = await progress.wait(beyond: after) {
            do throws(StoreError) {
                let page = try await page(after: after, upTo: head)
                for revocation in page.revocations {
                    note(revocation)
                    tell(revocation)
                }
                after = page.reached
            } catch {
                logger.warning("the log cannot be read for revocations", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func page(
        after: Version, upTo: Version
    ) async throws(StoreError) -> (revocations: [Revocation], reached: Version) {
        let lane = LogQuery.Lane(model: Model.revocation.name, scope: .global, after: after)
        let page = try await store.read(LogQuery(.lanes([lane]), upTo: upTo))
        return (page.records.compactMap(Revocation.init), page.reached)
    }

    private func note(_ revocation: Revocation) {
        let isInForce = revocation.isInForce(at: clock())
        let isFull = revoked.withLock { revoked in
            revoked[revocation.user] = isInForce ? revocation : nil
            guard revoked.count > Self.maximumUsers else { return false }
            let oldest = revoked.values.min { $0.revoked! < $1.revoked! }!
            revoked[oldest.user] = nil
            return true
        }
        if isFull { logger.warning("more users are revoked than are remembered; the oldest revocation is forgotten") }
    }
}

extension Revocation {
    fileprivate func isInForce(at now: Timestamp) -> Bool {
        guard let revoked else { return false }
        return now.microseconds - revoked.microseconds <= Revocations.age.components.seconds * 1_000_000
    }
}
