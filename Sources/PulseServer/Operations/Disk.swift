import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file system that a store's file is on.
package struct Disk: Sendable {
    private let path: String

    /// - Parameter path: of a file or directory on it.
    package init(path: String) {
        self.path = path
    }

    /// Bytes that the server may still write; nil where the system does not say.
    package func freeBytes() async -> Int64? {
        // The system may ask a file server that is away.
        try? await NIOThreadPool.singleton.runIfActive { freeBytesNow }
    }

    /// The same; it may block.
    package var freeBytesNow: Int64? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        return Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
    }
}
