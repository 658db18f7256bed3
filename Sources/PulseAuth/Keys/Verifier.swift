import NIOPosix
import PulseEngine

/// Verifies signatures on threads that may be kept busy: two tokens at a time, while so many others wait.
struct Verifier: Sendable {
    /// How many keys are tried for one token. More would make a refusal expensive.
    static let maximumKeys = 4
    private static let maximumWaiting = 1_024

    private let gate = ReadGate(width: 2)

    /// Which of the keys has signed the token; nil where none has.
    ///
    /// - Throws: a refusal where there are more than ``maximumKeys``; a temporary one where too many tokens wait.
    func signer(
        of token: CompactToken, among keys: [VerificationKey]
    ) async throws(AuthenticationError) -> Int? {
        guard !keys.isEmpty else { return nil }
        guard keys.count <= Self.maximumKeys else {
            throw AuthenticationError(
                "header: more than \(Self.maximumKeys) keys may have signed the token; it needs the kid of one")
        }
        guard gate.waitingCount < Self.maximumWaiting else { throw Self.overloaded }
        var signer: Int?
        let hasPassed = await gate.pass {
            signer = try? await NIOThreadPool.singleton.runIfActive { keys.firstIndex { $0.hasSigned(token) } }
        }
        guard hasPassed else { throw Self.overloaded }
        return signer
    }

    private static let overloaded = AuthenticationError("too many tokens wait to be verified", isTemporary: true)
}
