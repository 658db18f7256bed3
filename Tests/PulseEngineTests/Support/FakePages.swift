import NIOCore
import PulseEngine
import PulseModel

/// Pages that are read when the test says so, and arrive when it says so.
///
/// Sendable because the test is one thread.
final class FakePages: PageSource, @unchecked Sendable {
    /// What a connection has asked for.
    struct Request {
        let query: LogQuery?
        let keys: [RecordKey]
        private let answer: (MemoryLog, Int, Bool) -> () -> Void

        fileprivate init(
            query: LogQuery? = nil, keys: [RecordKey] = [], answer: @escaping (MemoryLog, Int, Bool) -> () -> Void
        ) {
            self.query = query
            self.keys = keys
            self.answer = answer
        }

        /// Reads the log as it is now. The answer arrives when the returned closure is called.
        ///
        /// - Parameter claimingAll: to get it wrong, and say of a page that it is the last.
        func read(_ log: MemoryLog, maximumRecords: Int = 512, claimingAll: Bool = false) -> () -> Void {
            answer(log, maximumRecords, claimingAll)
        }
    }

    private(set) var requests: [Request] = []

    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, Version) -> Void
    ) -> Task<Void, Never>? {
        requests.append(
            Request(query: query) { log, maximumRecords, claimingAll in
                let page = log.read(query.limited(to: maximumRecords))
                let frames = catchUp.frames(of: page)
                return { deliver(frames, claimingAll ? query.upTo : page.reached) }
            })
        return nil
    }

    func read(
        _ keys: [RecordKey], _ deliver: @escaping @Sendable ([Record], [RecordKey]) -> Void
    ) -> Task<Void, Never>? {
        requests.append(
            Request(keys: keys) { log, _, _ in
                let records = keys.compactMap { log.current[$0] }
                return { deliver(records, []) }
            })
        return nil
    }

    func takeFirst() -> Request { requests.removeFirst() }
}
