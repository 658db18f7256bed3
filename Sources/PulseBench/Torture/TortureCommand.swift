public import ArgumentParser
import NIOCore
import NIOPosix

/// `torture`: a fleet of simulated phones at a deployment that fails, and a checker of what it promises them.
///
/// Exits with 0 when no rule was broken, with 1 when one was, and with 2 when it could not run.
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
        do {
            var run = TortureRun(options)
            let outcome = try await run.run(on: group)
            try await group.shutdownGracefully()
            print(options.json ? outcome.report.json : outcome.report.table)
            guard outcome.isClean else { throw ExitCode(1) }
        } catch let error as BenchError {
            StandardError.print("torture: \(error)")
            throw ExitCode(2)
        }
    }
}
