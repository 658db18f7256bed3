import NIOPosix

/// The same work again and again, on our server and on the peer in turns.
struct Rounds: Sendable {
    private struct Server: Sendable {
        let endpoint: Endpoint
        let pids: [Int32]
    }

    private let options: CommonOptions
    private let group: MultiThreadedEventLoopGroup
    private let access: Access
    let progress: Progress
    let interruption = Interruption()

    init(options: CommonOptions, group: MultiThreadedEventLoopGroup, access: Access) {
        self.options = options
        self.group = group
        self.access = access
        progress = Progress(always: options.progress)
    }

    private var isSingle: Bool { options.runs == 1 && options.peer == nil }

    /// Does all rounds, or as many as there were until the interruption.
    ///
    /// - Throws: the first failure, which ends the run.
    func run(_ body: @escaping @Sendable (Run) async throws -> Report) async throws -> Findings {
        let servers =
            [Server(endpoint: options.url, pids: options.pid)]
            + (options.peer.map { [Server(endpoint: $0, pids: options.peerPid)] } ?? [])
        var findings = Findings(sides: servers.map { .init(url: $0.endpoint.url) }, isSingle: isSingle)
        for round in 1...options.runs {
            for (side, server) in servers.enumerated() {
                do {
                    findings.sides[side].rounds.append(try await self.round(round, on: server, body))
                } catch  where interruption.happened {
                    return findings
                }
                if interruption.happened { return findings }
            }
        }
        return findings
    }

    private func round(
        _ round: Int, on server: Server, _ body: @escaping @Sendable (Run) async throws -> Report
    ) async throws -> Findings.Round {
        let name = "round \(round) of \(options.runs), \(server.endpoint.authority)"
        progress.begin(round: isSingle ? "" : name)
        let watch = try ServerWatch(server.pids)
        let client = Client(
            endpoint: server.endpoint, timeout: .seconds(of: options.timeout), group: group, access: access)
        let run = Run(
            client: client, watch: watch, round: round, progress: progress, isRepeated: !isSingle,
            usersAreNumbers: options.withUserID, interruption: interruption)
        let following = Task { await watch.follow() }
        defer { following.cancel() }
        do {
            var report = try await interruption.round { try await body(run) }
            watch.describe(in: &report)
            return Findings.Round(report: report, usage: watch.curve)
        } catch let error as BenchError where !isSingle {
            throw BenchError(error.code, "In \(name): \(error.message)", cause: error.cause)
        }
    }
}
