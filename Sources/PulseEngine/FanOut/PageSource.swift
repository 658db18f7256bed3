import Logging
import NIOCore
import PulseModel

/// Reads pages of the log for connections and encodes them, away from the event loops.
package protocol PageSource: Sendable {
    /// Calls `deliver` once, from any thread, with the frames of the page and the version that it reaches.
    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, _ reached: Version) -> Void
    )

    /// Calls `deliver` once, from any thread, with the records of these keys as they are now.
    func read(_ keys: [RecordKey], _ deliver: @escaping @Sendable ([Record]) -> Void)
}

/// Pages from the store itself. While the store cannot be read, it is asked again.
struct StorePages: PageSource {
    let store: any ChangeStore
    let logger: Logger

    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, Version) -> Void
    ) {
        Task {
            await untilItSucceeds { () async throws(StoreError) in
                let page = try await store.read(query)
                deliver(catchUp.frames(of: page), page.reached)
            }
        }
    }

    func read(_ keys: [RecordKey], _ deliver: @escaping @Sendable ([Record]) -> Void) {
        Task {
            await untilItSucceeds { () async throws(StoreError) in
                var records: [Record] = []
                for key in keys {
                    if let record = try await store.record(key) { records.append(record) }
                }
                deliver(records)
            }
        }
    }

    private func untilItSucceeds(_ read: () async throws(StoreError) -> Void) async {
        while true {
            do {
                return try await read()
            } catch {
                logger.warning("the log cannot be read for a connection", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
