import NIOCore
import NIOPosix

/// The frame around every run: event loops, open files, the watch on the server, the printed report.
struct Run: Sendable {
    let client: Client
    let watch: ServerWatch

    /// Runs `body` and prints the report it returns.
    static func start(
        _ options: CommonOptions, loops: Int? = nil, _ body: @Sendable (Run) async throws -> Report
    ) async throws {
        OpenFiles.raiseLimit()
        let watch = try ServerWatch(options.pid)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops ?? options.loops)
        let client = Client(endpoint: options.url, timeout: .seconds(of: options.timeout), group: group)
        let following = Task { await watch.follow() }
        let outcome: Result<Report, any Error>
        do {
            var report = try await body(Run(client: client, watch: watch))
            watch.describe(in: &report)
            outcome = .success(report)
        } catch {
            outcome = .failure(error)
        }
        following.cancel()
        try await group.shutdownGracefully()
        let report = try outcome.get()
        print(options.json ? report.json : report.table)
    }

    /// Waits until `isDone`, or until `progress` has stood still for `patience`.
    static func settle(
        patience: TimeAmount, every pause: Duration = .milliseconds(20), progress: () async throws -> Int,
        isDone: () async throws -> Bool
    ) async throws {
        var last = -1
        var lastChange = NIODeadline.now()
        while try await !isDone() {
            let now = NIODeadline.now()
            let current = try await progress()
            if current != last {
                last = current
                lastChange = now
            } else if now - lastChange > patience {
                return
            }
            try await Task.sleep(for: pause)
        }
    }

    static func sleep(until deadline: NIODeadline) async throws {
        let left = deadline - .now()
        if left > .zero { try await Task.sleep(for: .seconds(of: left)) }
    }
}
