/// Something that happened between a phone and a server, or to a server.
package struct Event: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case connected(worker: Int)
        case asked(after: Int64)
        case ended
        case uploaded(base: Int64)
        case succeeded
        case conflicted
        case failed
        case pushed(version: Int64)
        case read(version: Int64)
        case fault(String)

        /// A phone was sent the record.
        var isShown: Bool {
            switch self {
            case .pushed, .read: true
            default: false
            }
        }
    }

    /// Nanoseconds since the run began.
    package var at: Int64
    package var phone: Int
    package var kind: Kind
    /// The change it is about.
    package var change: Int?

    /// One line of a history.
    package var line: String {
        let name = change.map { "w\($0)" } ?? "?"
        let what =
            switch kind {
            case .connected(let worker): "connects to worker \(worker)"
            case .asked(let after): "asks for what is newer than \(after)"
            case .ended: "loses its connection"
            case .uploaded(let base): "uploads \(name) on version \(base)"
            case .succeeded: "\(name) is acknowledged"
            case .conflicted: "\(name) is in conflict"
            case .failed: "\(name) is refused"
            case .pushed(let version): "is pushed version \(version), \(name)"
            case .read(let version): "reads version \(version), \(name)"
            case .fault(let name): "fault: \(name)"
            }
        let who = phone < 0 ? "" : "phone \(phone)"
        let time = Report.fixed(Double(at) / 1e9, 3)
        return "\(String(repeating: " ", count: max(0, 9 - time.count)))\(time) s  "
            + who + String(repeating: " ", count: max(1, 12 - who.count)) + what
    }
}
