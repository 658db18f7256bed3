import PulseModel

extension SyncRoutes {
    package struct Configuration: Sendable {
        /// What the paths begin with, without a slash at its end.
        package var prefix = "/sync"
        /// Whether all changes of a push are stored or none.
        package var isAtomic = true
        /// What opens `/record`; nil where nobody may.
        package var adminToken: String?
        package var maximumBodyBytes = 1 << 20
        /// Changes of one push.
        package var maximumChanges = 1_000
        /// Of each document.
        package var json = JSONLimits(maximumDepth: 32, maximumScalarBytes: 262_144, maximumKeys: 10_000)
        /// Requests at a time.
        package var requests = 256
        /// And of one user.
        package var requestsPerUser = 32

        package init() {}
    }
}
