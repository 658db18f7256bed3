import Logging
import PulseModel

/// The committed changes of the whole store, of a model or of a scope, in version order: to index them elsewhere, to
/// send mail, to keep a cache warm.
///
/// It is read from the log, a page at a time, so however slow its reader is, it holds no more than that, and misses
/// nothing. Of a record that was changed several times since, it has the last change only, as the log does. It never
/// ends by itself: it waits for what is committed next, by this worker or another, for which ``SyncEngine/run()`` must
/// be running.
///
/// A reader that keeps the ``Change/cursor`` together with what it has made of the change goes on from there after
/// a crash, without loss or repetition.
public struct ChangeFeed: AsyncSequence, Sendable {
    public struct Change: Sendable {
        /// The record as the change left it; of a hard-deleted one, whose state is `erased`, only key, version and scope.
        public let record: Record
        /// Where a feed goes on behind this change.
        public let cursor: FeedCursor
    }

    let epoch: Epoch
    let store: any ChangeStore
    let progress: Progress
    let models: [ModelName]?
    let scope: Scope?
    let start: Version
    let logger: Logger

    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: self, after: start)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let feed: ChangeFeed
        /// Everything up to here has been returned or passed over, but for ``page``.
        private var after: Version
        private var page: ArraySlice<Record> = []

        init(feed: ChangeFeed, after: Version) {
            self.feed = feed
            self.after = after
        }

        /// The next change; nil when the task is cancelled.
        ///
        /// - Throws: ``StoreError``, `unusable`, when the log cannot be read any more. While the store is away it waits.
        public mutating func next() async throws(StoreError) -> Change? {
            while true {
                if let record = page.popFirst() {
                    return Change(record: record, cursor: FeedCursor(epoch: feed.epoch, version: record.version))
                }
                guard let head = await feed.progress.wait(beyond: after) else { return nil }
                do {
                    let page = try await feed.store.read(feed.query(after: after, upTo: head))
                    self.page = page.records.filter(feed.isAskedFor)[...]
                    after = page.reached
                } catch {
                    guard error.code != .unusable else { throw error }
                    feed.logger.warning("the log cannot be read for a feed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func query(after: Version, upTo: Version) -> LogQuery {
        guard let models, let scope else { return LogQuery(.everything(after: after), upTo: upTo) }
        return LogQuery(.lanes(models.map { LogQuery.Lane(model: $0, scope: scope, after: after) }), upTo: upTo)
    }

    private func isAskedFor(_ record: Record) -> Bool {
        !record.key.model.isReserved && (models?.contains(record.key.model) ?? true)
            && (scope.map { $0 == record.scope } ?? true)
    }
}

/// A place in a certain store's log, to be kept as text.
public struct FeedCursor: Sendable, Hashable, LosslessStringConvertible {
    public let epoch: Epoch
    public let version: Version

    public init(epoch: Epoch, version: Version) {
        self.epoch = epoch
        self.version = version
    }

    /// Reads what ``description`` wrote.
    public init?(_ description: String) {
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = Epoch(String(parts[0])), let number = Int64(parts[1]), number >= 0 else {
            return nil
        }
        self.init(epoch: epoch, version: Version(number))
    }

    public var description: String { "\(epoch):\(version)" }
}

/// Why a feed cannot begin where it was asked to.
public struct FeedError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

extension Records {
    /// Where a feed begins that is to have only what is committed from now on.
    ///
    /// - Throws: ``StoreError``.
    public func position() async throws -> FeedCursor {
        let log = try await engine.store.position()
        return FeedCursor(epoch: log.epoch, version: log.head)
    }

    /// The changes behind a cursor, or all that the log has.
    ///
    /// - Parameters:
    ///   - model: nil for all.
    ///   - scope: nil for all.
    ///   - cursor: from a ``ChangeFeed/Change``; nil to begin with the oldest record.
    /// - Throws: ``FeedError`` when the cursor is of another store, or lies beyond the log: what was read there is no
    ///   beginning of what is here, so the reader must begin anew.
    public func changes(
        of model: ModelName? = nil, in scope: Scope? = nil, after cursor: FeedCursor? = nil
    ) async throws -> ChangeFeed {
        if let model, engine.schema[model] == nil { throw FeedError(description: "There is no model '\(model)'.") }
        let log = try await engine.store.position()
        if let cursor {
            guard cursor.epoch == log.epoch else {
                throw FeedError(description: "The cursor \(cursor) is of another store; this one is \(log.epoch).")
            }
            guard cursor.version <= log.head else {
                throw FeedError(description: "The cursor \(cursor) lies beyond the newest version, \(log.head).")
            }
        }
        let models = model.map { [$0] } ?? (scope == nil ? nil : engine.schema.models.map(\.name))
        return ChangeFeed(
            epoch: log.epoch, store: engine.store, progress: engine.progress, models: models, scope: scope,
            start: cursor?.version ?? .zero, logger: engine.logger)
    }
}
