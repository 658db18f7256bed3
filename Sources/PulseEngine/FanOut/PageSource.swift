import Logging
import NIOCore
import PulseModel

/// Reads pages of the log for connections and encodes them, away from the event loops.
package protocol PageSource: Sendable {
    /// Calls `deliver` once, from any thread, with the frames of the page and the version that it reaches.
    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, _ reached: Version) -> Void
    )
}

/// Pages from the store itself. While the store cannot be read, it is asked again.
struct StorePages: PageSource {
    let store: any ChangeStore
    let logger: Logger

    func read(
        _ query: LogQuery, for catchUp: CatchUp, _ deliver: @escaping @Sendable (ByteBuffer, Version) -> Void
    ) {
        Task {
            while true {
                do {
                    let page = try await store.read(query)
                    deliver(catchUp.frames(of: page), page.reached)
                    return
                } catch {
                    logger.warning("the log cannot be read for a connection", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }
}
