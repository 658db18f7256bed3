import CMongoC
import PulseModel
import Synchronization

/// The newest state of the database that this worker knows to exist: what it reads next is that or a later one,
/// whichever member of the replica set answers, also when the primary has changed.
final class ReadPoint: Sendable {
    private struct Point {
        var head = Version.zero
        var timestamp: UInt32 = 0
        var increment: UInt32 = 0
    }

    private let point = Mutex(Point())

    /// The newest version that this worker has seen.
    var head: Version { point.withLock(\.head) }

    /// Notes what a session has seen.
    func advance(to head: Version, in session: borrowing MongoSession) {
        var timestamp: UInt32 = 0
        var increment: UInt32 = 0
        mongoc_client_session_get_operation_time(session.pointer, &timestamp, &increment)
        point.withLock { point in
            point.head = max(point.head, head)
            guard (timestamp, increment) > (point.timestamp, point.increment) else { return }
            (point.timestamp, point.increment) = (timestamp, increment)
        }
    }

    /// Makes a session read this state or a later one.
    func bind(_ session: borrowing MongoSession) {
        let point = point.withLock { $0 }
        guard point.timestamp > 0 else { return }
        mongoc_client_session_advance_operation_time(session.pointer, point.timestamp, point.increment)
    }
}
