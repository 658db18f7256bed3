import Foundation
import Logging
import NIOCore
import PulseEngine
import PulseModel
import PulseRedis
import Synchronization

extension RedisBus {
    static let epoch = Epoch(high: 1, low: 2)

    /// A bus that loses patience sooner than those in use.
    static func impatient(
        _ address: RedisAddress, prefix: String = "pulse", epoch: Epoch = epoch, schema: Schema = .any,
        logger: Logger = .silent
    ) -> RedisBus {
        var timing = LinkTiming()
        timing.connecting = .milliseconds(800)
        timing.pingAfter = .milliseconds(200)
        timing.silenceLimit = .milliseconds(800)
        return RedisBus(
            address, channel: Channel(prefix: prefix, epoch: epoch, schema: schema)!, timing: timing, logger: logger)
    }
}

/// Two workers on one Redis: what one publishes, the other is to hear.
final class Pair: Sendable {
    let writer: RedisBus
    let reader: RedisBus
    private let head = Mutex<Int64>(0)
    private let mailbox: Mailbox
    private let tasks: [Task<Void, Never>]

    init(_ address: RedisAddress, epochs: (Epoch, Epoch) = (RedisBus.epoch, RedisBus.epoch), logger: Logger = .silent) {
        let writer = RedisBus.impatient(address, epoch: epochs.0)
        let reader = RedisBus.impatient(address, epoch: epochs.1, logger: logger)
        self.writer = writer
        self.reader = reader
        let mailbox = Mailbox()
        self.mailbox = mailbox
        tasks = [
            Task { await writer.run { _ in } },
            Task { await reader.run { mailbox.add($0) } },
        ]
        reader.want(.ann)
    }

    deinit { for task in tasks { task.cancel() } }

    /// Publishes a commit of ann's with so many bytes.
    @discardableResult
    func publish(byteCount: Int = 100) -> ClosedRange<Version> {
        let version = head.withLock { head in
            head += 1
            return Version(head)
        }
        var frames = ByteBuffer(bytes: [0x81, 127])
        frames.writeInteger(UInt64(byteCount))
        frames.writeRepeatingByte(UInt8(ascii: "x"), count: byteCount)
        writer.publish(
            Commit(
                versions: version...version, time: .now(),
                runs: [FrameRun(scope: .ann, model: ModelName("task")!, first: version, frames: frames)]))
        return version...version
    }

    /// Returns when what is published is heard with its content.
    func works(within time: Duration = .seconds(60)) async throws {
        var sent: Set<ClosedRange<Version>> = []
        try await eventually("a commit is heard", within: time) {
            sent.insert(publish())
            return mailbox.commits.contains { sent.contains($0.versions) && $0.missing.isEmpty }
        }
    }

    var commits: [Commit] { mailbox.commits }

    /// Returns when both connections of both workers are there.
    func connects() async throws {
        try await eventually("both workers are connected") {
            writer.report.trouble == nil && reader.report.trouble == nil
        }
    }

    /// Returns when both know that Redis is away.
    func notices() async throws {
        try await eventually("both notice that Redis is away") {
            writer.report.trouble != nil && reader.report.trouble != nil
        }
    }
}

/// What a bus has brought.
private final class Mailbox: Sendable {
    private let state = Mutex<[Commit]>([])
    var commits: [Commit] { state.withLock(\.self) }
    func add(_ commit: Commit) { state.withLock { $0.append(commit) } }
}

extension Scope {
    static let ann = Scope.user(UserID("ann")!)
    static let bob = Scope.user(UserID("bob")!)
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A logger whose lines can be read.
    static func noting(_ lines: LogLines) -> Logger { Logger(label: "test") { _ in lines } }
}

/// The messages of a log, with what they are about.
final class LogLines: LogHandler, Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock(\.self) }

    func log(event: LogEvent) {
        let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value)" }
        state.withLock { $0.append("\(event.level): \(event.message) \(values.joined(separator: " "))") }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
}

extension Schema {
    static let any = try! Schema([Model(ModelName("task")!, audience: .user, fields: [])])
}
