import PulseEngine
import PulseModel

/// The field that a story is about, and its values: `b` before it begins, `t` the tablet's, `p` the phone's, and what
/// two of them make together.
struct MergeField {
    private let field: String
    private let values: [String: String]

    init(_ policy: ConflictPolicy) {
        switch policy {
        case .max, .min, .counter:
            field = "count"
            values = ["b": "10", "t": "12", "p": "15", "tp": "17"]
        case .union:
            field = "data"
            values = ["b": #"["b"]"#, "t": #"["b","t"]"#, "p": #"["b","p"]"#, "tp": #"["b","t","p"]"#]
        case .reject, .serverWins, .clientWins, .lastWriter, .function:
            field = "title"
            values = ["b": #""b""#, "t": #""t""#, "p": #""p""#, "tp": #""tp""#, "bp": #""bp""#]
        }
    }

    /// The model `task` of the conformance suite under these rules. A store need not know of them.
    func schema(_ policy: ConflictPolicy, _ rules: ConflictRules) throws(SchemaError) -> Schema {
        let task = StoreConformance.schema[StoreConformance.task]!
        var rules = rules
        var own: ConflictPolicy?
        switch policy {
        case .max, .min, .counter, .union: own = policy
        case .reject, .serverWins, .clientWins, .lastWriter, .function: rules.policy = policy
        }
        let fields = try task.fields.map { other throws(SchemaError) in
            try Field(
                other.name, other.kind, isNullable: other.isNullable, conflict: other.name == field ? own : nil)
        }
        return try Schema([
            Model(task.name, audience: task.audience, fields: fields, unknownFields: .keep, conflicts: rules)
        ])
    }

    func member(_ value: String) -> String { "\"\(field)\":\(values[value]!)" }

    /// As ``MergeCase/ending`` has it.
    func name(of outcome: WriteOutcome) -> String {
        let sign: String
        switch outcome {
        case .accepted, .resolved: sign = "+"
        case .repeated, .answered: sign = "="
        case .conflict: sign = "!"
        case .rejected(let error): return "rejected: \(error)"
        }
        guard let record = outcome.record else { return sign }
        let text = String(decoding: record.fields.bytes, as: UTF8.self)
        let value = values.first { text.contains("\"\(field)\":\($0.value),") }?.key
        return sign + (value ?? text) + (record.state == .deleted ? "-" : "")
    }

    /// An application's function for titles: both, one behind the other.
    static let concatenation: RecordConflict.Resolution = { conflict in
        guard conflict.fields == ["title"], case .string(let stored)? = conflict.stored.fields["title"],
            case .string(let incoming)? = conflict.incoming["title"]
        else { return nil }
        return ["title": .string(stored + incoming)]
    }
}

extension Write {
    /// An upload of members in JSON, `"title":"A"`.
    package init(
        _ key: RecordKey, _ members: [String], seen base: Version, isDeleted: Bool? = nil, of schema: Schema
    ) throws {
        guard let model = schema[key.model],
            case .object(let object) = try JSONValue.parse("{\(members.joined(separator: ","))}")
        else { throw StoreConformance.Failure("not an upload: \(members)") }
        let patch = try FieldPatch(object.members, for: model, by: .client, ignoring: { _ in false })
        self.init(key: key, base: base, scope: StoreConformance.user("1"), action: .patch(patch, isDeleted: isDeleted))
    }
}
