public import ArgumentParser
import NIOCore
import NIOPosix
import UnixSignals

/// `torture`: a fleet of simulated phones at a deployment that fails, and a checker of what it promises them.
///
/// Exits with 0 when no rule was broken, with 1 when one was, with 2 when it could not run or fewer faults took place
/// than were asked for, and with 130 when it was interrupted.
public struct TortureCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Put a fleet of phones on a pulse server, inject faults, and check that nothing is lost.",
        discussion: """
            With --url it drives a deployment that runs, and may fail the network before it. With --worker, --store and \
            --redis it starts the processes itself, kills and stops them.
            """)

    @OptionGroup var options: TortureOptions

    public init() {}

    public func run() async throws {
        OpenFiles.raiseLimit()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let progress = Progress(always: false)
        let run = Task { [options] in
            var run = TortureRun(options, progress)
            return try await run.run(on: group)
        }
        let signals = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { run.cancel() }
        }
        let showing = Task { await progress.follow() }
        let result = await run.result
        showing.cancel()
        await showing.value
        signals.cancel()
        let outcome: TortureRun.Outcome
        do {
            outcome = try result.get()
            try await group.shutdownGracefully()
        } catch {
            StandardError.print(run.isCancelled ? "Interrupted." : "torture: \(error)")
            throw ExitCode(run.isCancelled ? 130 : 2)
        }
        print(options.json ? outcome.report.json : outcome.report.table)
        guard outcome.isClean else { throw ExitCode(1) }
        guard outcome.isComplete else {
            StandardError.print("torture: fewer faults took place than were asked for")
            throw ExitCode(2)
        }
    }
}
