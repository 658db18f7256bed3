#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many sockets a server may have, by the files that the system gives to its process.
package struct FileBudget: Sendable {
    /// Connections that are served.
    package let connections: Int
    /// Connections beyond those that are told that there is no room.
    package let refusals: Int

    /// - Parameters:
    ///   - files: What the process may open. A quarter of it, 64 at the least and 256 at the most, is kept for the store
    ///     and for what else the server connects to.
    ///   - limits: What is wanted.
    package init(files: Int, limits: ConnectionLimits) {
        let sockets = max(2, files - min(256, max(64, files / 4)))
        self.refusals = max(1, min(limits.refusals, sockets / 8))
        self.connections = min(limits.connections, sockets - self.refusals)
    }

    /// What this process may open, after it has asked for all that it may ask for.
    package static func filesOfProcess() -> Int {
        #if canImport(Darwin)
            let resource = RLIMIT_NOFILE
        #else
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        var wanted = limit
        wanted.rlim_cur = limit.rlim_max
        if setrlimit(resource, &wanted) == 0 { limit = wanted }
        return Int(clamping: limit.rlim_cur)
    }
}
