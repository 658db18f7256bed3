import PulseEngine
import PulseModel

extension StoreConformance {
    /// The schema that the cases write under: a model of each audience, one of them with a field of each kind.
    public static let schema: Schema = {
        do {
            return try Schema([
                Model(
                    task, audience: .user,
                    fields: [
                        Field("title", .text), Field("name", .string(maxLength: 20), isNullable: true),
                        Field("done", .bool, isNullable: true), Field("count", .int, isNullable: true),
                        Field("ratio", .double, isNullable: true),
                        Field("price", .decimal(maxDigits: 38, decimalPlaces: 4), isNullable: true),
                        Field("day", .date, isNullable: true), Field("moment", .dateTime, isNullable: true),
                        Field("token", .uuid, isNullable: true), Field("data", .json, isNullable: true),
                        Field("parent", .reference(to: task), isNullable: true),
                        Field("label", .reference(to: nil), isNullable: true),
                    ], unknownFields: .keep),
                Model(note, audience: .group(by: team), fields: [Field("title", .text)]),
                Model(setting, audience: .global, fields: [Field("title", .text)]),
            ])
        } catch {
            preconditionFailure("the schema of the conformance suite: \(error)")
        }
    }()

    static let task = ModelName("task")!
    static let note = ModelName("note")!
    static let setting = ModelName("setting")!
    static let team = ClaimName("team")!

    /// Users and groups that a careless store takes for each other.
    static let confusingNames = [
        "1", "01", "1 ", " 1", "10", "a", "A", "\u{E9}", "e\u{301}", "K", "\u{212A}", "%", "_", "*", "?", "[a-z]",
        "u:1",
        "g:team=1", "team=1", "=1", "'", "' OR 1=1--", "$ne", "a.b", "\u{1F600}", "\u{301}", "\u{FEFF}1", "\u{FFFF}",
    ]

    static func user(_ name: String) -> Scope { .user(UserID(name)!) }

    static func group(_ name: String) -> Scope { .group(GroupID(claim: team, value: GroupName(name)!)) }

    /// The id number `index` of a series that stays the same from run to run.
    static func id(_ index: Int) -> SyncID {
        var generator = SeededGenerator(seed: UInt64(index))
        return SyncID(high: generator.next(), low: generator.next())
    }
}

/// A record to be written: all of it but what the log gives it.
struct Draft: Sendable {
    var key: RecordKey
    var scope: Scope
    var state = Record.State.live
    var fields: FieldValues
    var origin = Record.Origin(writer: nil, base: .zero)
    var moment = Timestamp(microseconds: 1_790_000_000_000_000)

    /// A record of the model `task`.
    init(_ index: Int, in scope: Scope, title: String = "") {
        self.init(StoreConformance.task, index, in: scope, title: title)
    }

    init(_ model: ModelName, _ index: Int, in scope: Scope, title: String = "") {
        key = RecordKey(model: model, syncID: StoreConformance.id(index))
        self.scope = scope
        fields = Self.fields(title: title)
    }

    static func fields(title: String) -> FieldValues {
        var writer = JSONWriter()
        writer.raw("\"title\":")
        writer.string(title)
        return FieldValues(canonical: writer.bytes)
    }

    func erased() -> Draft {
        var draft = self
        draft.state = .erased
        draft.fields = .none
        return draft
    }

    func record(at head: LogHead, over current: Record?) -> Record {
        Record(
            key: key, id: current?.id ?? head.version.number, version: head.version, stamp: head.stamp,
            parent: current?.stamp, scope: scope, state: state, fields: fields, origin: origin,
            created: current?.created ?? moment, updated: moment)
    }
}

extension LogHead {
    /// The head of a log whose stamps are not its versions, but are told by them.
    package init(at version: Version) {
        self.init(
            version: version,
            stamp: version == .zero ? .zero : HybridTime(ticks: 17_900_000_000_000_000 + 10 * version.number))
    }
}

extension ChangeStore {
    /// Commits drafts in order, in one group.
    ///
    /// - Returns: the records as they were handed to the store.
    @discardableResult
    func write(_ drafts: [Draft]) async throws(StoreError) -> [Record] {
        try await commit(loading: Set(drafts.map(\.key))) { head, records in
            var current = records
            var head = head
            let changes = drafts.map { draft in
                head = LogHead(at: head.version.next)
                let record = draft.record(at: head, over: current[draft.key])
                current[draft.key] = record
                return record
            }
            return (changes, changes)
        }
    }

    /// Commits each draft in a group of its own.
    @discardableResult
    func writeEach(_ drafts: [Draft]) async throws(StoreError) -> [Record] {
        var records: [Record] = []
        for draft in drafts { records += try await write([draft]) }
        return records
    }
}

/// The same numbers for the same seed, on every machine (splitmix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
