import PulseEngine
import PulseModel
import PulseWire

/// The small application that the tests are about.
enum Fixture {
    static let schema = try! Schema([task, note, board, bulletin, price])

    static let task = try! Model(
        ModelName("task")!, audience: .user,
        fields: [
            Field("title", .string(maxLength: 40)), Field("done", .bool, default: .bool(false)),
            Field("count", .int, isNullable: true), Field("stamp", .text, isReadOnly: true),
        ])
    static let note = try! Model(ModelName("note")!, audience: .user, fields: [Field("title", .text)])
    static let board = try! Model(
        ModelName("board")!, audience: .group(by: ClaimName("team")!), fields: [Field("title", .text)])
    static let bulletin = try! Model(ModelName("bulletin")!, audience: .global, fields: [Field("title", .text)])
    static let price = try! Model(
        ModelName("price")!, audience: .user, fields: [Field("amount", .decimal(maxDigits: 8, decimalPlaces: 2))])

    /// `task` as it was before `count` and `stamp` were declared.
    static let olderTask = try! Model(
        ModelName("task")!, audience: .user,
        fields: [Field("title", .string(maxLength: 40)), Field("done", .bool, default: .bool(false))])

    static let ann = identity("1")
    static let bob = identity("2")
    static let red = group("red")
    static let blue = group("blue")
    static let now = Timestamp(microseconds: 1_000_000)

    static func identity(_ user: String, teams: String...) -> Identity {
        Identity(user: UserID(user)!, groups: teams.map(group))
    }

    static func group(_ name: String) -> GroupID {
        GroupID(claim: ClaimName("team")!, value: GroupName(name)!)
    }

    static func id(_ number: Int) -> SyncID { SyncID(high: 0x4000, low: 0x8000_0000_0000_0000 | UInt64(number)) }

    static func key(_ number: Int, of model: Model = task) -> RecordKey {
        RecordKey(model: model.name, syncID: id(number))
    }

    /// The items of an upload as the wire decodes them; `payloads` is a JSON array.
    static func items(_ payloads: String, table: String = "task") -> [UploadItem] {
        let text = #"{"type":"SYNC_BATCH_UPLOAD","table":"\#(table)","payloads":\#(payloads)}"#
        let message = Array(text.utf8).withUnsafeBytes { try! ClientMessage.decode($0, limits: WireLimits()) }
        guard case .batchUpload(let batch) = message else { preconditionFailure("It is a batch.") }
        return batch.items
    }

    /// What one payload, without its `sync_id`, asks for.
    static func write(
        _ payload: String, to number: Int = 1, of model: Model = task, by identity: Identity = ann
    ) throws(ItemError) -> Write {
        let members = payload.isEmpty ? "" : "," + payload
        let item = items(#"[{"sync_id":"\#(id(number))"\#(members)}]"#, table: model.name.text)[0]
        return Write(try item.change(of: model, by: identity))
    }

    /// A record as a client of its owner left it.
    static func record(
        _ number: Int, version: Int64, of model: Model = task, scope: Scope = .user(ann.user), title: String = "A",
        state: Record.State = .live
    ) -> Record {
        let fields =
            state == .erased
            ? FieldValues.none
            : try! FieldValues.none.merged(
                with: FieldPatch(
                    [JSONObject.Member(key: "title", value: .string(title))], for: model, by: .server,
                    ignoring: { _ in false }), in: model)
        return Record(
            key: key(number, of: model), id: version, version: Version(version), scope: scope, state: state,
            fields: fields, origin: Record.Origin(writer: nil, base: .zero), created: now, updated: now)
    }

    /// A commit of one record a version, each of ann's or of another scope that the worker was not given.
    static func commit(_ versions: ClosedRange<Int64>, without missing: Scope...) -> Commit {
        let runs = FrameRun.runs(of: versions.map { record(Int($0), version: $0) }, schema: schema)
        return Commit(
            versions: Version(versions.lowerBound)...Version(versions.upperBound), time: now,
            runs: missing.contains(.ann) ? [] : runs, missing: Set(missing))
    }
}

extension Scope {
    static let ann = Scope.user(Fixture.ann.user)
    static let bob = Scope.user(Fixture.bob.user)
}

extension WriteOutcome {
    var record: Record? {
        switch self {
        case .accepted(let record), .resolved(let record), .repeated(let record), .conflict(let record): record
        case .answered, .rejected: nil
        }
    }

    var accepted: Record? { if case .accepted(let record) = self { record } else { nil } }
    var resolved: Record? { if case .resolved(let record) = self { record } else { nil } }
    var answered: PushReceipt.Answer? { if case .answered(let answer) = self { answer } else { nil } }
    var repeated: Record? { if case .repeated(let record) = self { record } else { nil } }
    var conflict: Record? { if case .conflict(let record) = self { record } else { nil } }
    var rejection: String? { if case .rejected(let error) = self { error.message } else { nil } }
}
