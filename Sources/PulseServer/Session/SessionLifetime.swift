import Logging
import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// For whom a connection speaks, and how long it may.
///
/// Sendable because all of it is touched on the connection's event loop only, once it has begun there.
final class SessionLifetime: @unchecked Sendable {
    /// How long one token is checked.
    private static let patience = TimeAmount.seconds(10)
    /// The wall clock is looked at again after this time, as it may have been set forward.
    private static let longestWait = Duration.seconds(3_600)

    private(set) var identity: Identity
    private let admission: Admission
    /// How long a connection outlives its token.
    private let grace: Duration
    private let remoteAddress: String?
    private let logger: Logger
    private var expiry: Scheduled<Void>?
    private var check: Check?
    private var checkCount = 0

    /// A token on its way through the authenticator.
    private struct Check {
        let number: Int
        let task: Task<Void, Never>
        let timeout: Scheduled<Void>
    }

    init(
        _ identity: Identity, admission: Admission, grace: Duration, remoteAddress: String?, logger: Logger
    ) {
        self.identity = identity
        self.admission = admission
        self.grace = grace
        self.remoteAddress = remoteAddress
        self.logger = logger
    }

    /// Whole seconds until the token ends; nil where it does not.
    var expiresIn: Int64? {
        identity.expires.map { max(0, $0.distance(from: .now()).components.seconds) }
    }

    /// Calls `ended` on the event loop once the token has ended and the grace period is over; instead of what was asked
    /// for before.
    func watch(on eventLoop: any EventLoop, _ ended: @escaping @Sendable () -> Void) {
        expiry?.cancel()
        guard let expires = identity.expires else { return }
        let left = expires.distance(from: .now()) + grace
        // A timer does not follow the wall clock where that is set, so the clock is asked when the timer ends.
        expiry = eventLoop.scheduleTask(in: TimeAmount(max(.zero, min(left, Self.longestWait)))) {
            if expires.distance(from: .now()) + self.grace > .zero {
                self.watch(on: eventLoop, ended)
            } else {
                ended()
            }
        }
    }

    /// Asks who a new token is from, and calls `settle` on the event loop with what becomes of that.
    ///
    /// - Throws: ``WireError`` while another token is being checked.
    func renew(
        by token: String, on eventLoop: any EventLoop, _ settle: @escaping @Sendable (Renewal) -> Void
    ) throws(WireError) {
        guard check == nil else {
            throw WireError(.notChecked, "Another token is being checked. Send this one again.")
        }
        // The token alone: the header fields of the handshake show what is to be renewed.
        let credentials = Credentials(token: token, remoteAddress: remoteAddress)
        checkCount += 1
        let number = checkCount
        let task = Task { [admission, identity, logger] in
            let answer: Result<Identity, AuthenticationError>
            do throws(AuthenticationError) {
                answer = .success(try await admission.admit(credentials, on: identity.client))
            } catch {
                logger.info("a new token was refused", metadata: ["reason": "\(error)"])
                answer = .failure(error)
            }
            eventLoop.execute { self.checked(answer, number, settle) }
        }
        let timeout = eventLoop.scheduleTask(in: Self.patience) {
            task.cancel()
            self.checked(.failure(AuthenticationError("it took too long", isTemporary: true)), number, settle)
        }
        check = Check(number: number, task: task, timeout: timeout)
    }

    private func checked(
        _ answer: Result<Identity, AuthenticationError>, _ number: Int, _ settle: (Renewal) -> Void
    ) {
        guard let check, check.number == number else { return }
        check.timeout.cancel()
        self.check = nil
        let renewal = Renewal(answer, of: identity, under: admission.engine.schema)
        switch renewal {
        case .refused: break
        case .goesOn(let identity), .accessChanged(let identity): self.identity = identity
        }
        settle(renewal)
    }

    /// Forgets the timers. Nothing is called any more.
    func end() {
        expiry?.cancel()
        check?.timeout.cancel()
        check?.task.cancel()
        check = nil
    }
}

extension Timestamp {
    fileprivate func distance(from other: Timestamp) -> Duration {
        .microseconds(microseconds) - .microseconds(other.microseconds)
    }
}
