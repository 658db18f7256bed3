import NIOCore
import PulseEngine
import PulseModel
import Synchronization

/// A worker's end of a bus: runs it and keeps what it brings.
final class Listener: Sendable {
    private struct State {
        var heard: [Commit] = []
        var isReceiving = false
        var overlaps = 0
    }

    let bus: any ChangeBus
    private let patience: Duration
    private let state = Mutex(State())
    private let running = Mutex<Task<Void, Never>?>(nil)

    init(_ bus: any ChangeBus, patience: Duration) {
        self.bus = bus
        self.patience = patience
        running.withLock { $0 = Task { [self] in await bus.run { await self.receive($0) } } }
    }

    var heard: [Commit] { state.withLock { $0.heard } }
    /// How many times a commit came while the one before was not finished with.
    var overlaps: Int { state.withLock { $0.overlaps } }

    private func receive(_ commit: Commit) async {
        state.withLock { state in
            if state.isReceiving { state.overlaps += 1 }
            state.isReceiving = true
        }
        await Task.yield()
        state.withLock { state in
            state.isReceiving = false
            state.heard.append(commit)
        }
    }

    /// The first commit that was heard and fits, as soon as there is one.
    ///
    /// - Parameter prompt: called again and again meanwhile.
    func first(
        _ what: String, where fits: (Commit) -> Bool,
        prompting prompt: () -> Void = {}
    ) async throws -> Commit {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let commit = heard.first(where: fits) { return commit }
            prompt()
            try await Task.sleep(for: .milliseconds(5))
        }
        throw BusConformance.Failure(description: "did not hear \(what) within \(patience)")
    }

    /// Stops the bus, and returns when it has stopped.
    func stop() async {
        let task = running.withLock { $0 }
        task?.cancel()
        await task?.value
    }
}

/// Commits that were never committed, each larger in versions than the one before.
final class CommitSource: Sendable {
    private let head = Mutex<Int64>(0)

    /// A commit of one version for each text, in these scopes.
    func next(_ texts: [(scope: Scope, text: String)]) -> Commit {
        let first = head.withLock { head in
            defer { head += Int64(texts.count) }
            return head + 1
        }
        let runs = texts.enumerated().map { index, entry in
            FrameRun(
                scope: entry.scope, model: ModelName("task")!, first: Version(first + Int64(index)),
                frames: Self.frame(entry.text))
        }
        return Commit(
            versions: Version(first)...Version(first + Int64(texts.count) - 1),
            time: Timestamp(microseconds: 1_790_000_000_000_000 + first), runs: runs)
    }

    func next(in scope: Scope, _ text: String = "{}") -> Commit { next([(scope, text)]) }

    private static func frame(_ text: String) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(UInt8(0x81))
        if text.utf8.count < 126 {
            frame.writeInteger(UInt8(text.utf8.count))
        } else {
            frame.writeInteger(UInt8(127))
            frame.writeInteger(UInt64(text.utf8.count))
        }
        frame.writeString(text)
        return frame
    }
}

/// Compares all of two commits.
func expect(_ found: Commit, is expected: Commit) throws {
    try expect(found.versions, is: expected.versions, "the versions")
    try expect(found.time, is: expected.time, "the time")
    try expect(found.missing, is: expected.missing, "what is missing")
    try expect(found.runs.map(\.scope), is: expected.runs.map(\.scope), "the scopes of the runs")
    try expect(found.runs.map(\.first), is: expected.runs.map(\.first), "the versions of the runs")
    try expect(found.runs.map(\.frames), is: expected.runs.map(\.frames), "the frames")
}
