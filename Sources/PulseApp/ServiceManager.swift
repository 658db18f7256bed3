import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Tells systemd how the program is, over the socket that it names in `NOTIFY_SOCKET` (sd_notify(3)). Without one,
/// nobody is told.
struct ServiceManager: Sendable {
    private let socketPath: String?
    /// Half of the time within which it wants to hear that the program is alive; nil where it does not care.
    private let watchdogInterval: Duration?

    init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"]
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
        watchdogInterval = isForUs ? microseconds.map { .microseconds($0 / 2) } : nil
    }

    /// The program serves.
    func ready(_ status: String) {
        send("READY=1\nSTATUS=\(status)")
    }

    /// It has been told to stop.
    func stopping() {
        send("STOPPING=1\nSTATUS=sending clients away")
    }

    /// Says again and again that the program is alive, as long as each of the event loops answers; until the task is
    /// cancelled.
    func watch(_ eventLoops: [any EventLoop]) async {
        guard let watchdogInterval else { return }
        while !Task.isCancelled {
            for loop in eventLoops { try? await loop.submit {}.get() }
            send("WATCHDOG=1")
            try? await Task.sleep(for: watchdogInterval)
        }
    }

    private func send(_ text: String) {
        guard let socketPath, var address = Self.address(socketPath) else { return }
        #if os(Linux)
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        let bytes = Array(text.utf8)
        withUnsafePointer(to: &address.name) { name in
            name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), $0, address.length)
            }
        }
    }

    /// A path, or behind an `@` a name that is in no file system.
    private static func address(_ path: String) -> (name: sockaddr_un, length: socklen_t)? {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard let first = bytes.first, bytes.count < MemoryLayout.size(ofValue: name.sun_path) else { return nil }
        let isAbstract = first == UInt8(ascii: "@")
        guard isAbstract || first == UInt8(ascii: "/") else { return nil }
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count + (isAbstract ? 0 : 1)
        return (name, socklen_t(length))
    }
}
