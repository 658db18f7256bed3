import NIOCore
import NIOPosix

/// What a run plays on: processes that it started, proxies before the workers, and where phones connect.
struct Stage: Sendable {
    var workers: [ServerProcess] = []
    var store: ServerProcess?
    var redis: ServerProcess?
    var redisAt: (host: String, port: Int)?
    var proxies: [Proxy] = []
    var endpoints: [Endpoint] = []

    /// Starts what the options name, store and Redis first.
    ///
    /// - Throws: `BenchError` when something does not start; then nothing is left running.
    static func set(_ options: TortureOptions, on loop: any EventLoop) async throws -> Stage {
        var stage = Stage()
        do {
            try await stage.start(options, on: loop)
            return stage
        } catch {
            await stage.clear()
            throw error
        }
    }

    private mutating func start(_ options: TortureOptions, on loop: any EventLoop) async throws {
        var ports = FreePorts()
        func fill(_ command: String, _ port: Int, number: Int = 1) -> String {
            command.replacing("{port}", with: String(port)).replacing("{n}", with: String(number))
                .replacing("{store-port}", with: String(store?.port ?? 0))
                .replacing("{redis-port}", with: String(redis?.port ?? 0))
        }
        if let command = options.store {
            let port = try ports.take()
            let process = ServerProcess("the store", fill(command, port), port: port, log: options.log)
            store = process
            try await process.start()
        }
        if let command = options.redis {
            let port = try ports.take()
            let process = ServerProcess("Redis", fill(command, port), port: port, log: options.log)
            redis = process
            redisAt = ("127.0.0.1", port)
            try await process.start()
        }
        endpoints = options.url
        if let command = options.worker {
            for number in 1...options.workers {
                let port = try ports.take()
                let worker = ServerProcess(
                    "worker \(number)", fill(command, port, number: number), port: port, log: options.log)
                workers.append(worker)
                try await worker.start()
                endpoints.append(Endpoint(host: "127.0.0.1", port: port, target: Endpoint.standard.target))
            }
        }
        if options.fault.contains(where: { $0.target == .network }) {
            for index in endpoints.indices {
                let proxy = try await Proxy(to: endpoints[index], on: loop)
                proxies.append(proxy)
                endpoints[index].proxyPort = proxy.port
            }
        }
    }

    /// Those of its processes that have ended, though nobody ended them.
    var fallen: [ServerProcess] { (workers + [store, redis].compactMap { $0 }).filter { $0.status() == nil } }

    func clear() async {
        // In a task of its own, which waits for them though this one may be cancelled.
        await Task {
            for proxy in proxies { try? await proxy.stop() }
            for process in workers + [store, redis].compactMap({ $0 }) {
                _ = try? await process.signal(9) { $0 == nil }
            }
        }.value
    }
}
