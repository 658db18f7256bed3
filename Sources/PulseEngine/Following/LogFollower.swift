import Logging
import PulseModel
import Synchronization

/// Keeps a worker's place in the log: hears commits from the bus, fills the gaps from the store, and hands everything
/// on in version order.
actor LogFollower {
    /// How far it has come, as others may see it at any time.
    struct Place: Sendable {
        var counts = Sequencer.Counts()
        /// Everything up to here has been handed on.
        var position: Version
        /// The newest version that it has heard of.
        var head: Version
    }

    private let schema: Schema
    private let store: any ChangeStore
    private let epoch: Epoch
    private let interest: Interest
    private let patience: Duration
    private let deliver: @Sendable (Delivery) -> Void
    private let metrics: EngineMetrics
    private let logger: Logger
    private let shown: Mutex<Place>
    private var sequencer: Sequencer
    private var isActing = false
    private var actions: [Sequencer.Action] = []

    /// - Parameters:
    ///   - position: the head of the store, which is of this epoch.
    ///   - patience: how long a commit is waited for that others have overtaken.
    init(
        schema: Schema, store: any ChangeStore, epoch: Epoch, position: Version, interest: Interest,
        patience: Duration, metrics: EngineMetrics, logger: Logger, deliver: @escaping @Sendable (Delivery) -> Void
    ) {
        self.schema = schema
        self.store = store
        self.epoch = epoch
        self.interest = interest
        self.patience = patience
        self.metrics = metrics
        self.logger = logger
        shown = Mutex(Place(position: position, head: position))
        self.deliver = deliver
        sequencer = Sequencer(position: position) { interest.coverage(without: $0) }
    }

    nonisolated var place: Place { shown.withLock { $0 } }

    private func show() {
        let place = Place(
            counts: sequencer.counts, position: sequencer.position, head: max(sequencer.position, sequencer.lastHead))
        shown.withLock { $0 = place }
    }

    func received(_ commit: Commit) async {
        await act(on: sequencer.received(commit))
    }

    /// Asks the store for its head and catches up with it where the bus fell silent.
    ///
    /// - Throws: ``StoreError``, `unusable`, when the store has another log than before.
    func checkHead() async throws(StoreError) {
        // What the bus tells may be ahead of what a store sees that has just changed its primary.
        let known = sequencer.lastHead
        let found: LogPosition
        do {
            found = try await store.position()
        } catch {
            metrics.count(error)
            logger.warning("the store's head cannot be read", metadata: ["error": "\(error)"])
            return
        }
        guard found.epoch == epoch else {
            throw StoreError(.unusable, "The store was replaced: its epoch was \(epoch), and is \(found.epoch) now.")
        }
        guard found.head >= known else {
            throw StoreError(.unusable, "The store was set back: it was at \(known), and is at \(found.head) now.")
        }
        await act(on: sequencer.observed(head: found.head))
    }

    private func waited(at position: Version) async {
        await act(on: sequencer.waited(at: position))
    }

    /// Carries actions out one behind the other, also those that come while one waits for the store.
    private func act(on newActions: [Sequencer.Action]) async {
        actions += newActions
        show()
        guard !isActing else { return }
        isActing = true
        defer { isActing = false }
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .deliver(let delivery):
                deliver(delivery)
            case .wait(let position):
                Task {
                    try? await Task.sleep(for: patience)
                    await waited(at: position)
                }
            case .read(let after, let upTo):
                await read(after: after, upTo: upTo)
                show()
            }
        }
    }

    private func read(after: Version, upTo: Version) async {
        do {
            let page = try await store.read(LogQuery(.everything(after: after), upTo: upTo))
            // Before the scopes are looked at: of one that becomes wanted meanwhile the page may have nothing.
            let coverage = interest.generation
            let runs = FrameRun.runs(of: page.records, schema: schema, where: interest.isWanted)
            actions += sequencer.received(page: runs, upTo: page.reached, coverage: coverage)
        } catch {
            metrics.count(error)
            logger.warning("the log cannot be read", metadata: ["error": "\(error)"])
            sequencer.readFailed()
        }
    }
}
