import ArgumentParser
import NIOCore
import NIOPosix
import UnixSignals

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One round of a workload, on one server: what it runs with.
struct Run: Sendable {
    let client: Client
    let watch: ServerWatch
    /// From 1 on. Our server and the peer have rounds of the same numbers.
    let round: Int
    let progress: Progress
    /// Whether there are several rounds, whose users are to be others each time.
    let isRepeated: Bool
    let usersAreNumbers: Bool
    let interruption: Interruption

    /// Does `body` once for each round and server, in turns, and prints what its reports come to.
    static func start(
        _ options: CommonOptions, loops: Int? = nil, _ body: @escaping @Sendable (Run) async throws -> Report
    ) async throws {
        OpenFiles.raiseLimit()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops ?? options.loops)
        let rounds = Rounds(
            options: options, group: group,
            access: try await options.access.access(to: [options.url] + (options.peer.map { [$0] } ?? [])))
        let signals = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint) where !rounds.interruption.interrupt() {
                exit(130)
            }
        }
        let showing = Task { await rounds.progress.follow() }
        let outcome: Result<Findings, any Error>
        do {
            outcome = .success(try await rounds.run(body))
        } catch {
            outcome = .failure(error)
        }
        showing.cancel()
        await showing.value
        try await group.shutdownGracefully()
        signals.cancel()
        let findings = try outcome.get()
        if findings.rounds > 0 {
            print(options.json ? findings.json(histograms: options.histogram) : findings.table)
            if let path = options.report { try await HTMLReport(findings).save(to: path) }
        }
        if rounds.interruption.happened {
            StandardError.print(findings.rounds > 0 ? "Interrupted." : "Interrupted: nothing was measured.")
            throw ExitCode(130)
        }
    }

    /// What the names of this round's users begin with: where there are several rounds, each has users of its own.
    func userPrefix(_ prefix: String) -> String {
        guard isRepeated else { return prefix }
        let number = round < 10 ? "0\(round)" : String(round)
        return prefix + number + (usersAreNumbers ? "" : "-")
    }

    /// Waits until `planned` has passed, while the watch measures, and shows `figure` meanwhile.
    ///
    /// - Returns: the part that was measured, which is shorter when it was interrupted.
    func measure(_ planned: Window, figure: @escaping @Sendable () -> String) async throws -> Window {
        progress.enter("warming up", figure: figure)
        try await Self.sleep(until: planned.from)
        progress.enter("measuring", figure: figure)
        watch.openWindow()
        await interruption.sleep(until: planned.to)
        watch.closeWindow()
        progress.enter("waiting for answers", figure: figure)
        return Window(from: planned.from, to: min(.now(), planned.to))
    }

    /// Waits until `isDone`, or until `progress` has stood still for `patience`, or until `end`.
    ///
    /// - Returns: whether it is done.
    @discardableResult
    static func settle(
        patience: TimeAmount, until end: NIODeadline = .distantFuture, every pause: Duration = .milliseconds(20),
        progress: () async throws -> Int, isDone: () async throws -> Bool
    ) async throws -> Bool {
        var last = -1
        var lastChange = NIODeadline.now()
        while try await !isDone() {
            let now = NIODeadline.now()
            let current = try await progress()
            if current != last {
                last = current
                lastChange = now
            }
            guard now - lastChange <= patience, now < end else { return false }
            try await Task.sleep(for: pause)
        }
        return true
    }

    static func sleep(until deadline: NIODeadline) async throws {
        let left = deadline - .now()
        if left > .zero { try await Task.sleep(for: .seconds(of: left)) }
    }
}
