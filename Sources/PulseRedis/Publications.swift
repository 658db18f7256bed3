import PulseEngine
import PulseModel
import Synchronization

/// The commits on their way to Redis, as the bytes that are sent.
final class Publications: RedisUse {
    /// When so many bytes wait for the socket, further commits are dropped.
    static let maximumBytes = 32 << 20

    private struct State {
        var isConnected = false
        var bytes: [UInt8] = []
        var commits = 0
        var published = 0
        var dropped = 0
    }

    let name = "publish"
    private let channel: RedisBus.Channel
    private let sender: UInt64
    private let state = Mutex(State())

    init(_ channel: RedisBus.Channel, sender: UInt64) {
        self.channel = channel
        self.sender = sender
    }

    /// - Returns: whether the connection must be told that there is something.
    func add(_ commit: Commit) -> Bool {
        state.withLock { state in
            guard state.isConnected, state.bytes.count < Self.maximumBytes else {
                state.dropped += 1
                return false
            }
            let wasEmpty = state.bytes.isEmpty
            state.bytes.appendPublications(
                of: commit, by: sender, epoch: channel.epoch, on: channel.channels)
            state.commits += 1
            return wasEmpty
        }
    }

    func connected() {
        state.withLock { $0.isConnected = true }
    }

    func takeCommands() -> [UInt8] {
        state.withLock { state in
            defer {
                state.published += state.commits
                state.commits = 0
                state.bytes = []
            }
            return state.bytes
        }
    }

    /// Answers of PUBLISH and PING mean nothing but that Redis is alive.
    func received(_ reply: borrowing RedisReply) throws(RedisError) {
        if let error = reply.error { throw RedisError(answer: error) }
    }

    func disconnected() {
        state.withLock { state in
            state.isConnected = false
            state.dropped += state.commits
            state.commits = 0
            state.bytes = []
        }
    }

    func count(in report: inout BusReport) {
        state.withLock { state in
            report.published = state.published
            report.dropped += state.dropped
        }
    }
}
