import PulseEngine
import PulseModel

/// What several devices of a user upload at random: to few records, from versions that others have left behind, some
/// of it twice.
package struct RandomEdits {
    private var generator: SeededGenerator
    /// By record, the versions that it has had.
    private var versions: [RecordKey: [Version]] = [:]
    private var stored: [Write] = []

    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// The model `task` of the conformance suite with a policy of each kind.
    package static let schema: Schema = {
        do {
            let task = StoreConformance.schema[StoreConformance.task]!
            let policies: [String: ConflictPolicy] = [
                "count": .counter, "ratio": .max, "price": .min, "data": .union, "name": .lastWriter(by: "moment"),
                "day": .reject,
            ]
            let fields = try task.fields.map { field throws(SchemaError) in
                try Field(field.name, field.kind, isNullable: field.isNullable, conflict: policies[field.name])
            }
            return try Schema([
                Model(
                    task.name, audience: task.audience, fields: fields, unknownFields: .keep,
                    conflicts: ConflictRules(
                        .clientWins, merge: .fields, deletion: .resurrect, history: .init(versions: 1_000)))
            ])
        } catch {
            preconditionFailure("the schema of random edits: \(error)")
        }
    }()

    /// One upload, or one that was stored before and comes again.
    package mutating func next() throws -> (write: Write, isRepeat: Bool) {
        if let again = stored.randomElement(using: &generator), Int.random(in: 0..<4, using: &generator) == 0 {
            return (again, true)
        }
        let key = RecordKey(
            model: StoreConformance.task, syncID: StoreConformance.id(Int.random(in: 0..<4, using: &generator)))
        let seen = versions[key, default: []].suffix(6).randomElement(using: &generator) ?? .zero
        let members = (try Self.candidates(&generator)).filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
        let mark: Bool? = Int.random(in: 0..<8, using: &generator) == 0 ? Bool.random(using: &generator) : nil
        return (try Write(key, members, seen: seen, isDeleted: mark, of: Self.schema), false)
    }

    /// What became of it.
    package mutating func note(_ write: Write, _ outcome: WriteOutcome) {
        guard case .accepted(let record) = outcome else { return }
        stored.append(write)
        versions[write.key, default: []].append(record.version)
    }

    private static func candidates(_ generator: inout SeededGenerator) throws -> [String] {
        let number = Int.random(in: -20...20, using: &generator)
        let small = Int.random(in: 0..<4, using: &generator)
        return [
            "\"title\":\"\(number)\"", "\"name\":\"\(small)\"", "\"count\":\(number)", "\"ratio\":\(number).5",
            "\"price\":\"\(number).25\"", "\"data\":[\(small),\(number)]", "\"day\":\"2026-02-0\(small + 1)\"",
            "\"moment\":\"2026-01-01T00:00:0\(small)Z\"", "\"extra \\u0022\(small)\":\(number)",
        ]
    }
}
