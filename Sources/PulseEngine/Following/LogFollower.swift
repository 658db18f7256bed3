import Logging
import PulseModel

/// Keeps a worker's place in the log: hears commits from the bus, fills the gaps from the store, and hands everything
/// on in version order.
actor LogFollower {
    private let store: any ChangeStore
    private let deliver: @Sendable ([Record], Version) -> Void
    private let logger: Logger
    private var sequencer: Sequencer
    private var isActing = false
    private var actions: [Sequencer.Action] = []

    init(
        store: any ChangeStore, position: Version, logger: Logger,
        deliver: @escaping @Sendable ([Record], Version) -> Void
    ) {
        self.store = store
        self.logger = logger
        self.deliver = deliver
        sequencer = Sequencer(position: position)
    }

    func received(_ commit: Commit) async {
        await act(on: sequencer.received(commit))
    }

    /// Asks the store for its head and catches up with it where the bus fell silent.
    func checkHead() async {
        do {
            await act(on: sequencer.observed(head: try await store.head()))
        } catch {
            logger.warning("the store's head cannot be read", metadata: ["error": "\(error)"])
        }
    }

    /// Carries actions out one behind the other, also those that come while one waits for the store.
    private func act(on newActions: [Sequencer.Action]) async {
        actions += newActions
        guard !isActing else { return }
        isActing = true
        defer { isActing = false }
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .deliver(let records, let upTo):
                deliver(records, upTo)
            case .read(let after, let upTo):
                do {
                    let page = try await store.read(LogQuery(.everything(after: after), upTo: upTo))
                    actions += sequencer.received(page: page)
                } catch {
                    logger.warning("the log cannot be read", metadata: ["error": "\(error)"])
                    sequencer.readFailed()
                }
            }
        }
    }
}
