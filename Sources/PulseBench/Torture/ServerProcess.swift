import NIOCore
import NIOPosix
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server that this run starts, kills and starts again, always on one port.
final class ServerProcess: Sendable {
    let name: String
    let port: Int
    private let command: String
    private let log: String
    private let pid = Mutex<pid_t?>(nil)

    /// - Parameters:
    ///   - command: for the shell.
    ///   - log: the file that its output is appended to.
    init(_ name: String, _ command: String, port: Int, log: String) {
        self.name = name
        self.command = command
        self.port = port
        self.log = log
    }

    /// Starts it, and again if it ends, until it takes connections.
    ///
    /// - Throws: `BenchError` when it does not within `patience` seconds.
    func start(patience: Double = 30) async throws {
        let deadline = NIODeadline.now() + .seconds(of: patience)
        while try await !takesConnections() {
            guard NIODeadline.now() < deadline else {
                throw BenchError(.process, "\(name) does not take connections on port \(port): \(command)")
            }
            if status() == nil { try spawn() }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func signal(_ number: Int32) {
        pid.withLock { if let pid = $0 { _ = kill(pid, number) } }
    }

    /// Whether it runs, is stopped or has ended; nil when it has ended or was never started.
    func status() -> Character? {
        pid.withLock { state in
            guard let pid = state else { return nil }
            var code: Int32 = 0
            if waitpid(pid, &code, WNOHANG) != 0 {
                state = nil
                return nil
            }
            return ProcessUsage.state(of: pid) ?? "R"
        }
    }

    /// Sends a signal and waits until it has come to what that brings.
    ///
    /// - Returns: whether it did within 15 s.
    func signal(_ number: Int32, until isDone: (Character?) -> Bool) async throws -> Bool {
        guard status() != nil else { return false }
        signal(number)
        for _ in 0..<7500 {
            if isDone(status()) { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    private func spawn() throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let arguments = ["/bin/sh", "-c", "exec \(command)"]
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var id = pid_t()
        let error = posix_spawn(&id, arguments[0], &actions, nil, &argv, environ)
        guard error == 0 else {
            throw BenchError(.process, "\(name) does not start: \(String(cString: strerror(error)))")
        }
        pid.withLock { $0 = id }
    }

    private func takesConnections() async throws -> Bool {
        guard status() != nil else { return false }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.milliseconds(500)).connect(host: "127.0.0.1", port: port).get()
            try await channel.close()
            return true
        } catch {
            return false
        }
    }
}

extension ProcessUsage {
    /// `R`, `S`, `T` and so on, as `/proc` has it; nil where that cannot be read.
    static func state(of pid: Int32) -> Character? {
        guard let stat = SmallFile.text(of: "/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        return stat[stat.index(after: end)...].first { $0 != " " }
    }
}

/// TCP ports of 127.0.0.1 that nothing listens on, below those that the system gives to connections.
struct FreePorts {
    private var next = Int.random(in: 14_000..<30_000)

    mutating func take() throws -> Int {
        for _ in 0..<1000 {
            next += 1
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(next).bigEndian)
            address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if bound == 0 { return next }
        }
        throw BenchError(.process, "no port is free")
    }
}
