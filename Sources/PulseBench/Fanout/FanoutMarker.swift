/// The title of a fan-out record: which run it is of, and when it was meant to be sent.
package struct FanoutMarker: Sendable {
    private let prefix: String

    package init(run: UInt32) {
        let hex = String(run, radix: 16)
        prefix = "bench:" + String(repeating: "0", count: 8 - hex.count) + hex + ":"
    }

    /// About 40 characters.
    package func title(intended: Int64) -> String { "\(prefix)\(intended) upload" }

    package var finder: Finder { Finder(prefix) }
}
