import Logging
import PulseEngine
import PulseModel
import Synchronization

/// The bus of several workers, by publish and subscribe of a Redis (`Protocol/bus.md`).
///
/// A worker's own commits go to it directly. Others come with the content of the scopes that are wanted here, as far as
/// Redis delivers it. While there is no connection, nothing is kept for it: the log has it.
public final class RedisBus: ChangeBus {
    /// Where a space's messages go.
    public struct Channel: Sendable {
        let channels: Channels
        let epoch: Epoch
        private let prefix: String
        private let schema: UInt64

        /// The same on a cluster.
        fileprivate var sharded: Channel {
            Channel(prefix: prefix, space: channels.space, epoch: epoch, schema: schema, isSharded: true)!
        }

        /// - Parameters:
        ///   - prefix: sets this deployment apart from others on the same Redis.
        ///   - epoch: that of the store. Messages about others are ignored.
        ///   - schema: what the worker encodes its records under. It is given no content that was encoded under
        ///     another one, and reads the log.
        /// - Returns: nil unless prefix and space consist of 1 to 63 ASCII letters, digits, `_`, `-` and `.`.
        public init?(prefix: String = "pulse", space: String = "main", epoch: Epoch, schema: Schema) {
            self.init(prefix: prefix, space: space, epoch: epoch, schema: schema.fingerprint, isSharded: false)
        }

        private init?(prefix: String, space: String, epoch: Epoch, schema: UInt64, isSharded: Bool) {
            guard
                let channels = Channels(prefix: prefix, space: space, schema: schema, isSharded: isSharded)
            else { return nil }
            (self.prefix, self.schema) = (prefix, schema)
            self.channels = channels
            self.epoch = epoch
        }
    }

    private let local = LocalBus()
    private let publications: Publications
    private let subscriptions: Subscriptions
    private let publisher: RedisLink
    private let subscriber: RedisLink

    public convenience init(_ address: RedisAddress, channel: Channel, logger: Logger) {
        self.init(address, channel: channel, timing: LinkTiming(), logger: logger)
    }

    package init(_ address: RedisAddress, channel: Channel, timing: LinkTiming, logger: Logger) {
        let channel = address.isCluster ? channel.sharded : channel
        let sender = UInt64.random(in: .min ... .max)
        publications = Publications(channel, sender: sender)
        subscriptions = Subscriptions(channel, sender: sender, logger: logger) { [local] in local.publish($0) }
        publisher = RedisLink(to: address, for: publications, timing: timing, logger: logger)
        subscriber = RedisLink(to: address, for: subscriptions, timing: timing, logger: logger)
    }

    public func publish(_ commit: Commit) {
        local.publish(commit)
        if publications.add(commit) { publisher.wake() }
    }

    public func want(_ scope: Scope) {
        if subscriptions.change(scope, isWanted: true) { subscriber.wake() }
    }

    public func unwant(_ scope: Scope) {
        if subscriptions.change(scope, isWanted: false) { subscriber.wake() }
    }

    public func run(_ receive: @Sendable (Commit) async -> Void) async {
        publisher.start()
        subscriber.start()
        await local.run(receive)
        publisher.stop()
        subscriber.stop()
    }

    public var report: BusReport {
        var report = local.report
        report.trouble = publisher.trouble ?? subscriber.trouble
        report.reconnects = publisher.reconnects + subscriber.reconnects
        publications.count(in: &report)
        subscriptions.count(in: &report)
        return report
    }
}
