public import PulseEngine
public import PulseModel

/// What `store purge` has to say when it is done.
public struct PurgeReport: Sendable {
    private let retention: Retention
    private let isTrial: Bool
    private var counts: [ModelName: Int] = [:]

    /// - Parameter isTrial: whether the records were only counted.
    public init(_ retention: Retention, isTrial: Bool) {
        self.retention = retention
        self.isTrial = isTrial
    }

    public mutating func add(_ count: Int, of model: ModelName) {
        counts[model, default: 0] += count
    }

    /// A line for each model that does not keep its tombstones for ever, and one for all.
    public var text: String {
        let verb = isTrial ? "would be purged" : "purged"
        let lines = retention.rules.map { rule in
            "\(rule.model): \(counted(counts[rule.model] ?? 0, "record")) from more than \(counted(rule.days, "day")) "
                + "ago \(verb)\n"
        }
        return lines.joined() + "\(counted(counts.values.reduce(0, +), "record")) \(verb)\n"
    }
}
