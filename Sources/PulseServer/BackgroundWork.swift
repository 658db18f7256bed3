import Logging
import ServiceLifecycle

/// The application's own work, from the moment that the server listens until it stops.
package struct BackgroundWork: Service {
    private let listening: AsyncStream<Never>
    private let work: @Sendable () async throws -> Void
    private let patience: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - listening: ends when the work may begin.
    ///   - patience: how long work that has been cancelled is waited for.
    package init(
        after listening: AsyncStream<Never>, patience: Duration = .seconds(5), logger: Logger,
        work: @escaping @Sendable () async throws -> Void
    ) {
        self.listening = listening
        self.patience = patience
        self.logger = logger
        self.work = work
    }

    /// Returns when the work is done, or has been told to end with the server.
    ///
    /// - Throws: ``BackgroundWorkError``.
    package func run() async throws(BackgroundWorkError) {
        let (endings, ending) = AsyncStream.makeStream(of: Ending.self)
        // Not a child of this task, which could not leave it behind.
        let working = Task { ending.yield(await self.ending()) }
        let first = await withTaskCancellationOrGracefulShutdownHandler {
            await endings.first { _ in true }
        } onCancelOrGracefulShutdown: {
            working.cancel()
            Task {
                try? await Task.sleep(for: patience)
                ending.finish()
            }
        }
        switch first {
        case .done: break
        case .failed: throw BackgroundWorkError()
        case nil where Task.isCancelled: break
        case nil: logger.warning("the application's own work goes on although it was cancelled, and is left behind")
        }
    }

    private enum Ending {
        case done
        case failed
    }

    private func ending() async -> Ending {
        for await _ in listening {}
        guard !Task.isCancelled else { return .done }
        do {
            try await work()
            return .done
        } catch {
            guard !Task.isCancelled else { return .done }
            logger.critical("the application's own work failed", metadata: ["error": "\(error)"])
            return .failed
        }
    }
}

/// The application's own work failed; the log says how.
public struct BackgroundWorkError: Error {}
