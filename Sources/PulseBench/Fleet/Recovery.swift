/// How long it takes after a fault until every worker serves again: one change acknowledged and one push delivered
/// there that were first sent behind the fault. With several workers, one that came in at another.
package struct Recovery: Sendable {
    private let began: Int64
    private let countsFrom: Int64
    private var acked: [Bool]
    private var pushed: [Bool]
    /// Nanoseconds; nil while it has not.
    package private(set) var took: Int64?

    /// - Parameters:
    ///   - began: when the fault began; the time counts from there.
    ///   - countsFrom: when its harm was done; what was sent before proves nothing.
    package init(workers: Int, from began: Int64, countingFrom countsFrom: Int64) {
        self.began = began
        self.countsFrom = countsFrom
        acked = Array(repeating: false, count: workers)
        pushed = acked
    }

    package mutating func acked(at worker: Int, sentAt: Int64, now: Int64) {
        guard sentAt > countsFrom else { return }
        acked[worker] = true
        look(now)
    }

    package mutating func pushed(at worker: Int, from other: Int, sentAt: Int64, now: Int64) {
        guard sentAt > countsFrom, pushed.count == 1 || other != worker else { return }
        pushed[worker] = true
        look(now)
    }

    private mutating func look(_ now: Int64) {
        if took == nil, acked.allSatisfy({ $0 }), pushed.allSatisfy({ $0 }) { took = now - began }
    }
}
