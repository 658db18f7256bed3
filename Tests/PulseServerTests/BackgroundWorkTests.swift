import Logging
import PulseServer
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct BackgroundWorkTests {
    private struct Failure: Error {}

    private let listening = AsyncStream.makeStream(of: Never.self)
    private let calls = AsyncStream.makeStream(of: Void.self)

    private func group(
        patience: Duration = .seconds(60), _ work: @escaping @Sendable () async throws -> Void
    ) -> ServiceGroup {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let background = BackgroundWork(after: listening.stream, patience: patience, logger: logger) { [calls] in
            calls.continuation.yield()
            try await work()
        }
        return ServiceGroup(
            configuration: .init(
                services: [.init(service: background, successTerminationBehavior: .ignore)], logger: logger))
    }

    @Test func `work begins when the server listens, and its end is no failure`() async throws {
        let group = group {}
        listening.continuation.finish()
        try await group.run()
        #expect(await calls.stream.first { true } != nil)
    }

    @Test func `a server that stops before it listens begins no work`() async throws {
        let group = group {}
        await group.triggerGracefulShutdown()
        try await group.run()
        calls.continuation.finish()
        #expect(await calls.stream.first { true } == nil)
    }

    @Test func `work that fails ends the server with an error`() async throws {
        let group = group { throw Failure() }
        listening.continuation.finish()
        await #expect(throws: BackgroundWorkError.self) { try await group.run() }
    }

    @Test func `work that is cancelled by the stop does not fail, whatever it throws`() async throws {
        let group = group {
            do { try await Task.sleep(for: .seconds(3600)) } catch { throw Failure() }
        }
        listening.continuation.finish()
        async let stopped: Void = group.run()
        _ = await calls.stream.first { true }
        await group.triggerGracefulShutdown()
        try await stopped
    }

    @Test func `work that does not care about being cancelled is left behind`() async throws {
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        let group = group(patience: .milliseconds(1)) {
            // A task that is not cancelled with the work.
            await Task { for await _ in releases {} }.value
        }
        listening.continuation.finish()
        async let stopped: Void = group.run()
        _ = await calls.stream.first { true }
        await group.triggerGracefulShutdown()
        try await stopped
        release.finish()
    }
}
