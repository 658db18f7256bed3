import PulseModel

/// One of the two stores of a copy. What goes wrong with it is said to be this one's.
struct CopySide: Sendable {
    private let store: any CopyableStore
    private let failure: @Sendable (StoreError) -> CopyError
    /// The most records to read, and to write in one transaction.
    private let maximumPageRecords: Int

    private static let maximumPageBytes = 4 << 20

    init(
        _ store: any CopyableStore, maximumPageRecords: Int, failure: @escaping @Sendable (StoreError) -> CopyError
    ) {
        self.store = store
        self.maximumPageRecords = maximumPageRecords
        self.failure = failure
    }

    func history() async throws(CopyError) -> SchemaHistory {
        do { return try await store.history() } catch { throw failure(error) }
    }

    func head() async throws(CopyError) -> Version {
        do { return try await store.head() } catch { throw failure(error) }
    }

    func beginCopy(of history: SchemaHistory, from source: String) async throws(CopyError) -> Version {
        do { return try await store.beginCopy(of: history, from: source) } catch { throw failure(error) }
    }

    func take(_ page: LogPage) async throws(CopyError) {
        do { try await store.take(page) } catch { throw failure(error) }
    }

    func floors() async throws(CopyError) -> [ModelName: LogHead] {
        do { return try await store.floors() } catch { throw failure(error) }
    }

    func endCopy(at floors: [ModelName: LogHead]) async throws(CopyError) {
        do { try await store.endCopy(at: floors) } catch { throw failure(error) }
    }

    /// A page of everything behind a version.
    func page(after start: Version, upTo end: Version) async -> Result<LogPage, CopyError> {
        let query = LogQuery(
            .everything(after: start), upTo: end, maximumRecords: maximumPageRecords,
            maximumBytes: Self.maximumPageBytes)
        do { return .success(try await store.read(query)) } catch { return .failure(failure(error)) }
    }

    /// Reads the whole log up to a version.
    func digest(upTo end: Version, _ report: (CopyProgress) -> Void = { _ in }) async -> Result<LogDigest, CopyError> {
        var digest = LogDigest()
        var pace = CopyPace(.comparing, from: .zero, to: end)
        var reached = Version.zero
        while reached < end {
            if Task.isCancelled { return .failure(.cancelled) }
            switch await page(after: reached, upTo: end) {
            case .success(let page):
                for record in page.records { digest.add(record) }
                reached = page.reached
                report(pace.progress(with: page))
            case .failure(let error):
                return .failure(error)
            }
        }
        return .success(digest)
    }
}
