import PulseModel

/// A question of the application's code: which records of a model, in which order.
public struct RecordQuery: Sendable {
    public enum Comparison: Sendable, Hashable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    /// What a field of the records must be. Numbers, decimals, dates and times compare as such, everything else by its
    /// bytes. Null equals null, and is neither less nor greater than anything.
    public struct Condition: Sendable {
        public let field: String
        public let comparison: Comparison
        public let value: JSONValue

        public init(_ field: String, _ comparison: Comparison, _ value: JSONValue) {
            self.field = field
            self.comparison = comparison
            self.value = value
        }
    }

    /// What records are ordered by.
    public enum Key: Sendable, Hashable {
        case field(String)
        /// The order in which they were created.
        case id
        /// The order in which they were last changed.
        case version
    }

    public struct Order: Sendable, Hashable {
        public let key: Key
        public let isDescending: Bool

        public init(_ key: Key, isDescending: Bool = false) {
            self.key = key
            self.isDescending = isDescending
        }
    }

    public var model: ModelName
    /// Whose records; nil for everybody's.
    public var scope: Scope?
    /// All of them must hold.
    public var conditions: [Condition] = []
    /// Whether soft-deleted records count.
    public var includesDeleted = false
    /// By the first, where that is equal by the second, and so on; at last by id.
    public var order: [Order] = []
    /// The most records of an answer; nil for all there are.
    public var limit: Int?
    /// The last record of the page before: only what comes behind it in the order is wanted.
    public var after: Record?

    public init(_ model: ModelName, in scope: Scope? = nil) {
        self.model = model
        self.scope = scope
    }
}
