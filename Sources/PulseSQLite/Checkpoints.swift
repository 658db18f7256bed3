import GRDB
import GRDBSQLite
import Synchronization

/// Moves commits from the WAL into the database itself while others are written.
///
/// Left to SQLite, one commit in some hundred does it all and takes as long as they. Here another connection does most of
/// it, and the writer what came meanwhile: the WAL begins anew only when nothing in it is left to be moved.
final class Checkpoints: Sendable {
    private enum Phase: UInt8, AtomicRepresentable {
        /// The WAL is short.
        case idle
        case running
        /// The writer's part is left.
        case done
    }

    /// Pages of the WAL. Random sync ids touch the same index pages again and again: a longer WAL writes each of them
    /// back once.
    private static let maximumPages = 8_000

    private let connection: DatabaseQueue
    private let phase = Atomic(Phase.idle)

    /// - Parameter connection: another one than the writer's.
    init(on connection: DatabaseQueue) {
        self.connection = connection
    }

    /// Has the writer tell of its commits. It must not outlive this.
    func follow(_ writer: Database) {
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { checkpoints, writer, name, pageCount in
                let checkpoints = Unmanaged<Checkpoints>.fromOpaque(checkpoints!).takeUnretainedValue()
                if checkpoints.isWritersTurn(at: Int(pageCount)) {
                    sqlite3_wal_checkpoint_v2(writer, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                }
                // Whatever becomes of it, the commit is durable.
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The WAL has so many pages now.
    private func isWritersTurn(at pageCount: Int) -> Bool {
        let phase = phase.load(ordering: .acquiring)
        guard pageCount >= Self.maximumPages else {
            if phase == .done { self.phase.store(.idle, ordering: .relaxed) }
            return false
        }
        if phase == .idle {
            self.phase.store(.running, ordering: .relaxed)
            connection.asyncWriteWithoutTransaction { [self] database in
                _ = try? database.checkpoint(.passive)
                self.phase.store(.done, ordering: .releasing)
            }
        }
        return phase == .done
    }
}
