import PulseModel
import Synchronization

/// How many requests are worked on at a time, of all users and of one: each may hold a body or a page in memory. Of its
/// user's it is one until its answer is sent, however slowly that is read.
package final class RequestSlots: Sendable {
    private struct Held {
        var total = 0
        var byUser: [UserID: Int] = [:]
    }

    private let maximum: Int
    private let maximumOfUser: Int
    private let held = Mutex(Held())

    package init(_ maximum: Int, ofUser maximumOfUser: Int) {
        self.maximum = maximum
        self.maximumOfUser = maximumOfUser
    }

    /// Requests that are worked on now.
    package var count: Int { held.withLock(\.total) }

    /// - Returns: to be held until the answer is sent, or will not be; the request itself must ``leave()`` before.
    /// - Throws: ``SyncError`` where there is no room for another one.
    package func enter(_ user: UserID) throws(SyncError) -> Place {
        let refusal: SyncError? = held.withLock { held in
            let ofUser = held.byUser[user, default: 0]
            guard ofUser < maximumOfUser else {
                return .refused(.tooManyRequests, "Too many requests at a time", headers: [.retryAfter: "1"])
            }
            guard held.total < maximum else { return .later("The server is busy") }
            held.byUser[user] = ofUser + 1
            held.total += 1
            return nil
        }
        if let refusal { throw refusal }
        return Place(user, in: self)
    }

    /// Says that a request is answered.
    package func leave() {
        held.withLock { $0.total -= 1 }
    }

    /// One of a user's requests, for as long as somebody holds it.
    package final class Place: Sendable {
        private let user: UserID
        private let slots: RequestSlots

        fileprivate init(_ user: UserID, in slots: RequestSlots) {
            self.user = user
            self.slots = slots
        }

        deinit { slots.leave(user) }
    }

    private func leave(_ user: UserID) {
        held.withLock { held in
            let ofUser = held.byUser[user, default: 1]
            held.byUser[user] = ofUser > 1 ? ofUser - 1 : nil
        }
    }
}
