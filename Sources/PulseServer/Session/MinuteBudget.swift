import NIOCore

/// Something that may happen so often within a minute. A pure value.
package struct MinuteBudget: Sendable {
    private let perMinute: Int
    private var began: NIODeadline?
    private var spent = 0

    package init(_ perMinute: Int) {
        self.perMinute = perMinute
    }

    /// It has happened.
    ///
    /// - Returns: whether it might.
    package mutating func spend(now: NIODeadline) -> Bool {
        if began.map({ now - $0 > .minutes(1) }) ?? true {
            began = now
            spent = 0
        }
        spent += 1
        return spent <= perMinute
    }
}
