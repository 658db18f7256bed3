import PulseEngine
import PulseModel
import PulseWire

/// A client as strict as they come: it stores what it is sent, and its next `last_version` is the greatest version it
/// has stored. It compares nothing and forgives nothing.
final class SimClient {
    /// What a client takes the greatest version of.
    enum Kind: CaseIterable {
        case eachTable, allTables
    }

    struct Row: Equatable {
        let version: Version
        let title: String
        let isDeleted: Bool
    }

    /// A batch as it is sent: the ids of its items with their titles, and the message.
    struct Batch {
        let titles: [String: [String]]
        let message: String
    }

    let name: String
    let kind: Kind
    let identity: Identity
    var tables: [ModelName: [SyncID: Row]] = [:]
    /// Batches that were sent and not answered, in order.
    var unanswered: [Batch] = []
    var lastBatch: Batch?
    var connection: SimConnection?
    /// What no server may do to it, if one did.
    private(set) var fault: String?

    init(name: String, kind: Kind, identity: Identity) {
        self.name = name
        self.kind = kind
        self.identity = identity
    }

    func lastVersion(of model: Model) -> Version {
        switch kind {
        case .eachTable: tables[model.name]?.values.map(\.version).max() ?? .zero
        case .allTables: tables.values.flatMap { $0.values.map(\.version) }.max() ?? .zero
        }
    }

    func received(_ frame: Frame) {
        switch frame.content {
        case .update(let table, let syncID, let version, _, let data):
            let isDeleted = if case .bool(true)? = data["is_deleted"] { true } else { false }
            let model = ModelName(anyCase: table)!
            if let row = tables[model]?[syncID], row.version > version {
                fault = "\(name) is taken back from \(row.version) to \(version) of \(model) \(syncID.low & 0xffff)"
            }
            tables[model, default: [:]][syncID] = Row(
                version: version, title: data["title"]?.text ?? "", isDeleted: isDeleted)
        case .erase(let table, let syncID):
            tables[ModelName(anyCase: table)!]?[syncID] = nil
        case .other(let message):
            if message.answersUpload, !unanswered.isEmpty { unanswered.removeFirst() }
        }
    }

    /// What a store should show this client.
    func expected(from log: MemoryLog) -> [ModelName: [SyncID: Row]] {
        var tables: [ModelName: [SyncID: Row]] = [:]
        for record in log.current.values where record.state != .erased {
            guard let model = Fixture.schema[record.key.model], model.scopes(of: identity).contains(record.scope) else {
                continue
            }
            tables[record.key.model, default: [:]][record.key.syncID] = Row(
                version: record.version, title: record.title, isDeleted: record.state == .deleted)
        }
        return tables
    }

    /// How this client's tables differ from what they should be; nil when they do not.
    func difference(from log: MemoryLog) -> String? {
        let expected = expected(from: log)
        for model in Fixture.schema.models {
            let (have, should) = (tables[model.name] ?? [:], expected[model.name] ?? [:])
            for id in Set(have.keys).union(should.keys) where have[id] != should[id] {
                return "\(name) has \(have[id].map { "\($0)" } ?? "no row") of \(model.name) \(id.low & 0xffff), "
                    + "the store \(should[id].map { "\($0)" } ?? "none")"
            }
        }
        return nil
    }
}

extension Record {
    var title: String { fields["title"]?.text ?? "" }
}

extension JSONObject {
    /// Whether a message says what became of an upload.
    var answersUpload: Bool {
        switch self["type"]?.text {
        case "BATCH_ACK": true
        case "SYNC_ERROR": if case .int(500)? = self["code"] { true } else { false }
        default: false
        }
    }
}
