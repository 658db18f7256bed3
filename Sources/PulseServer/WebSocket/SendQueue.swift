import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension ChannelPipeline.SynchronousOperations {
    /// Bytes that the system has taken for the peer and the peer has not acknowledged.
    ///
    /// The system's buffer may hold megabytes and takes no more before a good part of it is gone: to see that a slow
    /// peer reads at all, one must look into it.
    var unacknowledgedBytes: Int {
        let count: Int?? = try? withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { handle in
            var count: CInt = 0
            #if canImport(Darwin)
                var size = socklen_t(MemoryLayout<CInt>.size)
                return getsockopt(handle, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 ? Int(count) : 0
            #else
                return ioctl(handle, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
            #endif
        }
        return (count ?? 0) ?? 0
    }
}
