import Foundation
import PulseRedis
import PulseTesting
import Synchronization

/// A real Redis of the test's own, in a directory of its own. Gone when the last reference is.
final class RedisServer: Sendable {
    struct Failure: Error {
        let description: String
    }

    let port: Int
    private let directory: String
    private let options: [String]
    private let process = Mutex<ChildProcess?>(nil)

    /// - Parameter options: as on the command line of `redis-server`.
    init(_ options: String..., isStarted: Bool = true) async throws {
        directory = NSTemporaryDirectory() + "pulse-redis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        port = Self.freePort()
        self.options = options
        if isStarted { try await start() }
    }

    /// A node that is to be part of a cluster.
    static func node() async throws -> RedisServer {
        try await RedisServer("--cluster-enabled", "yes", "--cluster-port", "\(freePort())")
    }

    /// Where a ``node()`` talks to the other ones.
    var clusterPort: Int { Int(options[options.count - 1])! }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: directory)
    }

    var socket: String { directory + "/redis.sock" }
    var address: RedisAddress { RedisAddress("redis://127.0.0.1:\(port)")! }

    func start() async throws {
        let process = try ChildProcess(
            [
                "redis-server", "--port", "\(port)", "--unixsocket", socket, "--save", "", "--dir", directory,
                "--bind", "127.0.0.1",
            ] + options)
        self.process.withLock { $0 = process }
        try await eventually("redis-server answers") { FileManager.default.fileExists(atPath: socket) }
    }

    /// kill -9.
    func kill() {
        process.withLock { process in
            guard let process else { return }
            process.signal(SIGKILL)
            process.wait()
        }
        process.withLock { $0 = nil }
        try? FileManager.default.removeItem(atPath: socket)
    }

    /// SIGSTOP: it answers nothing, and still its socket accepts.
    func freeze() { signal(SIGSTOP) }
    func thaw() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        process.withLock { process in
            process?.signal(number)
        }
    }

    /// What `redis-cli` says to a command. A password is taken from ``options``.
    @discardableResult
    func command(_ words: String...) async throws -> String {
        // Waits for a process, and must not do that on a thread that other tests run on.
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.run(words) }) }
        }
    }

    private func run(_ words: [String]) throws -> String {
        let output = Pipe()
        let password = options.firstIndex(of: "--requirepass").map { ["-a", options[$0 + 1], "--no-auth-warning"] }
        let client = try ChildProcess(
            ["redis-cli", "-p", "\(port)"] + (password ?? []) + words, output: output.fileHandleForWriting)
        try output.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard client.wait() == 0, !text.hasPrefix("Could not connect") else {
            throw Failure(description: text)
        }
        return text
    }

    /// A port that nothing listened on a moment ago.
    static func freePort() -> Int {
        let listener = TCPListener()
        return listener.port
    }
}

/// Waits until something is so.
func eventually(
    _ what: String, within time: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + time
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw RedisServer.Failure(description: "not within \(time): \(what)")
}
