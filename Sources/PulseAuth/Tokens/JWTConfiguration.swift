public import PulseModel

/// What a token must say, and how its claims become an identity.
public struct JWTConfiguration: Sendable {
    /// Who the token may be meant for (`aud`): it must name one of these. Where there are none, a token that names
    /// anybody is refused, since it is not meant for this server (RFC 7519, section 4.1.3).
    public var audiences: [String] = []
    /// Who may have issued the token (`iss`); anybody with a key where there are none.
    public var issuers: [String] = []
    /// Where the user id stands: a text or an integer.
    public var userClaim = ClaimPath("sub")
    /// Where groups come from: the claim of the ``GroupID``, and where its value, or an array of values, stands.
    public var groupClaims: [GroupClaim] = []
    /// Where it stands who really acts.
    public var actorClaim = ClaimPath("act.sub")
    /// What must all be in `scope` or `scp`.
    public var requiredScopes: [String] = []
    /// How much clocks may differ.
    public let leeway: Duration

    public struct GroupClaim: Sendable, Hashable {
        public let name: ClaimName
        public let path: ClaimPath

        public init(name: ClaimName, path: ClaimPath) {
            self.name = name
            self.path = path
        }
    }

    public static let greatestLeeway = Duration.seconds(60)

    /// - Precondition: the leeway is not negative and not more than ``greatestLeeway``.
    public init(leeway: Duration = .seconds(30)) {
        precondition((.zero...Self.greatestLeeway).contains(leeway), "The leeway is at most a minute.")
        self.leeway = leeway
    }
}
