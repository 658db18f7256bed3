import ArgumentParser
import Logging
import PulseCommand
import PulseEngine
import UnixSignals

/// `store copy --from STORE --to STORE`
struct StoreCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a store to another place, so that clients can go on there.",
        discussion: """
            Records keep their ids, versions, owners and tombstones; at the end their counts and checksums are \
            compared, model by model and scope by scope. Stop the servers of both stores first. A copy that was \
            interrupted goes on when the same command is given again; until it is complete, it cannot be served. \
            Ends with 0 when the copy is complete and equal, with 65 where it differs, with 69 where one of the \
            stores cannot be used, with 75 where it was interrupted or the source is still written to.
            """)

    @Option(help: ArgumentHelp("The store to copy: sqlite:FILE or mongodb://HOST/DATABASE.", valueName: "store"))
    var from: String

    @Option(help: ArgumentHelp("Where to: an empty store, or an unfinished copy of the same.", valueName: "store"))
    var to: String

    /// How long to wait for a database server that is not there yet.
    private static let patience = Duration.seconds(30)

    func run() async throws {
        let route = try route()
        let logger = Logger(label: Program.name, factory: { LineLogHandler(label: $0, format: .text) })
        let beginning = ContinuousClock.now
        do {
            let source = try await Stores.openSource(route.source, patience: Self.patience, logger: logger)
            let target = try await Stores.openTarget(route.target, patience: Self.patience, logger: logger)
            let copy = StoreCopy(from: source, named: route.source.absolute.description, to: target)
            let summary = try await complete(copy)
            print(CopyReport.text(of: summary, after: .now - beginning))
        } catch let error as StoreError {
            throw stop(error.message, ExitStatus.unavailable)
        } catch let error as CopyError {
            throw stop(error.description, ExitStatus.of(error))
        }
    }

    private func route() throws -> CopyRoute {
        do {
            return try CopyRoute(from: from, to: to)
        } catch {
            StandardError.tell(error.problems)
            throw ExitStatus.badSettings
        }
    }

    /// Runs the copy, until a signal at the longest.
    private func complete(_ copy: StoreCopy) async throws -> CopySummary {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let copying = Task {
            var report = CopyReport(isTerminal: StandardError.isTerminal)
            defer { StandardError.write(report.interruption) }
            return try await copy.run { progress in
                if let text = report.text(for: progress) { StandardError.write(text) }
            }
        }
        let watching = Task {
            for await _ in signals {
                // A second signal does not wait for a store that hangs: nothing is lost by that.
                if copying.isCancelled { Self.exit(withError: ExitStatus.unfinished) }
                copying.cancel()
            }
        }
        defer { watching.cancel() }
        return try await copying.value
    }

    private func stop(_ message: String, _ status: ExitCode) -> ExitCode {
        StandardError.tell([message])
        return status
    }
}
