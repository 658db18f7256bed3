/// A place in the log: the number of the commit-ordered write that put a record there.
///
/// Versions start at 1, have no gaps, and are ordered as the writes were committed, over all models and scopes of a
/// space. ``zero`` is the place before the first write: what a client that has nothing yet has seen.
public struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static let zero = Version(0)

    /// The version that the next write takes.
    public var next: Version { Version(number + 1) }

    public static func < (left: Version, right: Version) -> Bool { left.number < right.number }

    public var description: String { String(number) }
}
