import PulseModel

/// Where the log lives.
///
/// A store keeps each record's last write, in version order, and the head: the newest version. All its promises are
/// in these calls, and one suite of tests, `StoreConformance`, holds every store to them.
public protocol ChangeStore: Sendable {
    /// Commits one group of writes.
    ///
    /// In one transaction, alone among all writers of the store, it loads the head and those records of `keys` that
    /// exist (tombstones too), calls `decide`, and writes the changes that this returns. The changes carry the
    /// versions that follow the head, each once, in order, and growing stamps above the head's; where one record is
    /// written several times, only its last write need be kept.
    ///
    /// - Parameter decide: a pure function; a store that retries a transaction calls it again, with what it then loads.
    /// - Returns: what `decide` returned beside the changes, once they are durable.
    /// - Throws: ``StoreError``; unless its code is `outcomeUnknown`, nothing was written.
    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide:
            @escaping @Sendable (_ head: LogHead, _ records: [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome

    /// Where a task is best run that does nothing but commit, one group after the other: there a commit costs no change of
    /// threads. Nil where it makes no difference.
    var writingExecutor: (any TaskExecutor)? { get }

    /// How many pages of the log are best read and encoded at a time. With more of them none is sooner, and what is
    /// written meanwhile waits.
    var pagesAtOnce: Int { get }

    /// Reads a page of the log, in version order. It sees every commit that was durable before the call.
    func read(_ query: LogQuery) async throws(StoreError) -> LogPage

    /// The version of the newest record whose stamp is not above `stamp`, floors among them; ``Version/zero`` where there
    /// is none. All records of higher versions have higher stamps.
    func version(at stamp: HybridTime) async throws(StoreError) -> Version

    /// The newest version, or ``Version/zero`` in an empty store.
    func head() async throws(StoreError) -> Version

    /// The head together with the log's epoch, in one read: what a worker asks for every second.
    func position() async throws(StoreError) -> LogPosition

    /// One record, or its tombstone; nil where there never was one.
    func record(_ key: RecordKey) async throws(StoreError) -> Record?

    /// Goes through a selection of records as they are at one moment, in no certain order.
    ///
    /// - Parameter step: called with each of them on a thread of the store, one after the other; returns whether to go
    ///   on. Must not wait for anything.
    /// - Returns: what the steps have made of `initial`.
    /// - Throws: ``StoreError``.
    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result

    /// Removes some of the records that a purge is about, the oldest first but for their states, and never the newest of
    /// the log. In the same transaction the model's floor rises to the newest of them.
    ///
    /// - Returns: how many went; fewer than `maximumRecords` when no more are to go.
    /// - Throws: ``StoreError``. Where its code is `outcomeUnknown`, they may have gone.
    func purge(_ purge: LogPurge, maximumRecords: Int) async throws(StoreError) -> Int

    /// How many records a purge would remove.
    func count(_ purge: LogPurge) async throws(StoreError) -> Int

    /// The newest record that was purged of each model of which some were. Up to it tombstones are missing, and who goes
    /// on reading from below may have what is deleted. Floors only rise; who reads asks for them after the page.
    func floors() async throws(StoreError) -> [ModelName: LogHead]

    /// Lets go of connections and threads. Nothing may be asked of the store any more.
    func close() async
}

extension ChangeStore {
    public var writingExecutor: (any TaskExecutor)? { nil }
    public var pagesAtOnce: Int { 4 }

    /// Up to which version tombstones of a model are missing; ``Version/zero`` where none are.
    public func floor(of model: ModelName) async throws(StoreError) -> Version {
        try await floors()[model]?.version ?? .zero
    }

    public func purge(_ purge: LogPurge, maximumRecords: Int) async throws(StoreError) -> Int { 0 }

    public func count(_ purge: LogPurge) async throws(StoreError) -> Int { 0 }

    public func floors() async throws(StoreError) -> [ModelName: LogHead] { [:] }

    public func close() async {}
}

extension ChangeStore {
    /// Bytes of fields that one commit may load: records are larger than the changes to them may be.
    public static var maximumLoadedBytes: Int { 32 << 20 }
}

/// Why a store could not do what it was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// Not now: the disk is full, the server away, the database locked. The same call may succeed later.
        case unavailable
        /// A commit may or may not have become durable.
        case outcomeUnknown
        /// The records to be loaded are more than ``ChangeStore/maximumLoadedBytes``. Nothing was written.
        case tooLarge
        /// The store is there but cannot be used as it is: it is damaged, of a newer format, or of another schema.
        case unusable
    }

    public let code: Code
    /// One sentence for the operator. It never goes to a client.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
