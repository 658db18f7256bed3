import PulseModel

/// How long models keep their tombstones: what may leave a log, and when.
public struct Retention: Sendable {
    /// What one model says.
    public struct Rule: Sendable, Hashable {
        public let model: ModelName
        let remainder: Record.State
        public let days: Int
    }

    /// In the order of the schema. Models that keep their tombstones for ever have none.
    public let rules: [Rule]

    /// - Parameter days: counts for all models that do not keep them for ever, in place of what each says.
    public init(of schema: Schema, days: Int? = nil) {
        rules = (schema.models + schema.ownModels).compactMap { model in
            model.synchronization.retentionDays.map {
                Rule(model: model.name, remainder: model.tombstone, days: days ?? $0)
            }
        }
    }
}

extension Retention.Rule {
    /// Everything that was stamped up to then is old enough to go.
    ///
    /// - Parameters:
    ///   - head: of the log. A clock that is far ahead of it is not believed, or it would cost the log its tombstones.
    ///   - now: by the clock. A head that is far ahead of it was written under such a clock.
    func end(before head: HybridTime, now: Timestamp) -> HybridTime {
        let present = min(head.timestamp, now).microseconds
        return HybridTime(Timestamp(microseconds: present - Int64(days) * 86_400_000_000))
    }
}
