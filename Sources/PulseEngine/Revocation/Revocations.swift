import Logging
import PulseModel
import Synchronization

/// Whose credentials are revoked, as this worker has it from the log.
final class Revocations: Sendable {
    /// So long a revocation holds: longer than any token should live. Older ones are not looked at any more.
    static let age = Duration.seconds(30 * 86_400)
    /// How long it rests from reading the log, so that on a busy store it costs a few small reads a second.
    private static let pause = Duration.milliseconds(250)

    private let store: any ChangeStore
    private let isServed: Bool
    private let position: Version
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    /// When each user's credentials were revoked, where that is in force. As many as operators have decided on.
    private let revoked: Mutex<[UserID: Timestamp]>

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
        guard let revoked = revoked.withLock({ $0[identity.user] }) else { return false }
        let revocation = Revocation(user: identity.user, kicked: nil, revoked: revoked)
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
        revoked.withLock { $0[revocation.user] = isInForce ? revocation.revoked : nil }
    }
}

extension Revocation {
    fileprivate func isInForce(at now: Timestamp) -> Bool {
        guard let revoked else { return false }
        let (age, isFar) = now.microseconds.subtractingReportingOverflow(revoked.microseconds)
        return !isFar && age <= Revocations.age.components.seconds * 1_000_000
    }
}
