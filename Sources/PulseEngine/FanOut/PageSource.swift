import Logging
import NIOCore
import PulseModel

/// Reads pages of the log for connections and encodes them, away from the event loops.
package protocol PageSource: Sendable {
    /// Calls `deliver` once, from any thread, with the frames of the page and the version that it reaches.
    ///
    /// - Returns: the task that reads, to be cancelled when nobody waits for the page any more.
    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, _ reached: Version) -> Void
    ) -> Task<Void, Never>?

    /// Calls `deliver` once, from any thread, with records of these keys as they are now, and with those keys that
    /// would have made it too much at a time.
    func read(
        _ keys: [RecordKey], _ deliver: @escaping @Sendable ([Record], _ unread: [RecordKey]) -> Void
    ) -> Task<Void, Never>?
}

/// Pages from the store itself. While the store cannot be read, it is asked again.
struct StorePages: PageSource {
    let store: any ChangeStore
    /// Pages that are in memory at a time, read and encoded.
    let gate: ReadGate
    let metrics: EngineMetrics
    let logger: Logger
    /// Records of keys are read until they have so many bytes.
    private static let maximumBytes = 256 << 10

    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, Version) -> Void
    ) -> Task<Void, Never>? {
        Task {
            await untilItSucceeds { () async throws(StoreError) in
                let begin = ContinuousClock.now
                let page = try await store.read(query)
                metrics.pageSeconds.record((ContinuousClock.now - begin) / .seconds(1))
                metrics.pageRecords.add(page.records.count)
                deliver(catchUp.frames(of: page), page.reached)
            }
        }
    }

    func read(
        _ keys: [RecordKey], _ deliver: @escaping @Sendable ([Record], [RecordKey]) -> Void
    ) -> Task<Void, Never>? {
        Task {
            await untilItSucceeds { () async throws(StoreError) in
                var records: [Record] = []
                var unread = keys[...]
                var byteCount = 0
                while byteCount < Self.maximumBytes, let key = unread.popFirst() {
                    guard let record = try await store.record(key) else { continue }
                    records.append(record)
                    byteCount += record.fields.bytes.count
                }
                deliver(records, Array(unread))
            }
        }
    }

    private func untilItSucceeds(_ read: () async throws(StoreError) -> Void) async {
        while !Task.isCancelled {
            do {
                if try await gate.pass(read) { return }
            } catch {
                metrics.count(error)
                logger.warning("the log cannot be read for a connection", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
