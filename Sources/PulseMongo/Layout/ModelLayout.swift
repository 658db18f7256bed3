import PulseModel

/// How the records of one model lie in their collection.
///
///     {
///       _id: UUID("6f1f…"),                 the sync id
///       title: "Milk", price: Decimal128("9.90"), …,
///       id: 17, version: 203, user_id: 42,  user_id, or the claim of a group, or neither
///       is_deleted: false, created_at: ISODate("…"), updated_at: ISODate("…"),
///       _sync: { scope: "u:42", stamp: 17900000000000001, base: 202, parent: 17900000000000000, writer: "42",
///                created: 1790000000000120, updated: 1790000000000007 }
///     }
///
/// Of a model whose conflicts are merged, `_sync.history` says what the record was before. What BSON cannot hold to the
/// letter stands in `_sync.text`, as JSON members with their places among the fields; a field has no member of its own
/// where BSON or MongoDB would not take its name or value.
package struct ModelLayout: Sendable {
    let model: ModelName
    /// What the model declares, or once declared: how its values are written, and whether under their own names.
    private let fields: [ArraySlice<UInt8>: (kind: FieldKind, isNative: Bool)]

    package init(_ model: ModelName, fields: [String: SchemaHistory.PastField]) {
        self.model = model
        self.fields = Dictionary(
            uniqueKeysWithValues: fields.map { name, field in
                (Array(name.utf8)[...], (field.kind, Self.isNative(name)))
            })
    }

    static func all(of history: SchemaHistory) -> [ModelName: ModelLayout] {
        Dictionary(uniqueKeysWithValues: history.models.map { ($0, ModelLayout($0, fields: $1.fields)) })
    }

    /// Bytes beyond which a document has its JSON fields as text only: MongoDB takes 16 MiB, and an array of small
    /// numbers is ten times longer in BSON.
    private static let maximumNativeBytes = 10 << 20

    // MARK: Writing

    package func document(of record: Record) -> [UInt8] {
        let document = document(of: record, hasNativeJSON: true)
        return document.count <= Self.maximumNativeBytes ? document : self.document(of: record, hasNativeJSON: false)
    }

    private func document(of record: Record, hasNativeJSON: Bool) -> [UInt8] {
        var writer = BSONWriter(reserving: record.fields.bytes.count + 320)
        writer.append("_id", record.key.syncID)
        let texts = append(record.fields.bytes, of: record.scope, to: &writer, hasNativeJSON: hasNativeJSON)
        writer.append("id", record.id)
        writer.append("version", record.version.number)
        switch record.scope {
        case .global: break
        case .user(let user):
            if let number = user.number {
                writer.append("user_id", number)
            } else {
                writer.append("user_id", user.text)
            }
        case .group(let group): writer.append(.identifier(group.claim.text), group.value.text)
        }
        writer.append("is_deleted", record.state != .live)
        writer.append("created_at", milliseconds: Moment(record.created).milliseconds)
        writer.append("updated_at", milliseconds: Moment(record.updated).milliseconds)
        writer.document("_sync") { writer in
            writer.append("scope", record.scope.key)
            if record.state == .erased { writer.append("erased", true) }
            writer.append("stamp", record.stamp.ticks)
            writer.append("base", record.origin.base.number)
            if let parent = record.parent { writer.append("parent", parent.ticks) }
            if let user = record.origin.writer { writer.append("writer", user.text) }
            writer.append("created", record.created.microseconds)
            writer.append("updated", record.updated.microseconds)
            writer.append("check", Self.check(of: record))
            if record.history != .none { writer.append("history", utf8: record.history.bytes) }
            guard !texts.isEmpty else { return }
            writer.document("text") { writer in
                writer.array("places") { writer in
                    for (index, text) in texts.enumerated() { writer.append(.index(index), Int32(text.place)) }
                }
                writer.append(
                    "members",
                    utf8: texts.map(\.member).joined(separator: CollectionOfOne(UInt8(ascii: ","))).map(\.self))
            }
        }
        return writer.finish()
    }

    /// Appends what BSON can hold of the fields.
    ///
    /// - Returns: the members that must be kept as text, with their places.
    private func append(
        _ members: [UInt8], of scope: Scope, to writer: inout BSONWriter, hasNativeJSON: Bool
    ) -> [(place: Int, member: ArraySlice<UInt8>)] {
        var texts: [(Int, ArraySlice<UInt8>)] = []
        var place = 0
        JSONMembers.scan(members) { key, value in
            let name = members[key]
            let field = fields[name]
            let isContainer = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(members[value.lowerBound])
            var fidelity = FieldForm.Fidelity.impossible
            if hasNativeJSON || !isContainer, field?.isNative ?? Self.isNative(extra: name, in: scope) {
                fidelity = FieldForm.append(members[value], of: field?.kind, as: .utf8(name), to: &writer)
            }
            if fidelity != .exact { texts.append((place, members[(key.lowerBound - 1)..<value.upperBound])) }
            place += 1
        }
        return texts
    }

    /// Whether a member may have this name at the top of a document: not that of a sync field, and none that means
    /// something to MongoDB. Names with an underscore in front are the sync's, those of the HTTP API among them.
    private static func isNative(_ name: String) -> Bool {
        isIdentifier(name) && !name.hasPrefix("_") && !Field.isReserved(name)
    }

    private static func isNative(extra name: ArraySlice<UInt8>, in scope: Scope) -> Bool {
        let name = String(decoding: name, as: UTF8.self)
        if case .group(let group) = scope, group.claim.text == name { return false }
        return isNative(name)
    }

    // MARK: Reading

    /// A number that tells whether somebody else has changed a record's values since this program wrote them.
    private static func check(of record: Record) -> Int64 {
        var digest = FNV1a()
        digest.add(record.fields.bytes)
        digest.add(CollectionOfOne(record.state.rawValue))
        return Int64(bitPattern: digest.hash)
    }

    /// - Throws: ``BSONError`` when the document is none of a record.
    package func record(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> Record {
        try read(bytes).record
    }

    /// A record, and whether its values are as this program wrote them.
    ///
    /// - Throws: ``BSONError`` when the document is none of a record.
    func read(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> (record: Record, isOurs: Bool) {
        var elements = try BSONReader(bytes)
        guard let syncID = try elements.next(), syncID.has("_id"), let syncID = syncID.uuid else {
            throw BSONError("its _id is no UUID")
        }
        var members: [BSONElement] = []
        var id: Int64?
        while id == nil, let element = try elements.next() {
            if element.has("id") { id = element.int } else { members.append(element) }
        }
        var version: Int64?
        var isDeleted = false
        var others: [BSONElement] = []
        var sync: BSONElement?
        while let element = try elements.next() {
            if element.has("version") {
                version = element.int
            } else if element.has("is_deleted") {
                isDeleted = element.bool ?? false
            } else if element.has("_sync") {
                sync = element
            } else if !element.has("user_id"), !element.has("created_at"), !element.has("updated_at") {
                // The group's claim, or a field that another program has added.
                others.append(element)
            }
        }
        guard let id, let version, let sync else { throw BSONError("it lacks sync fields") }
        let details = try SyncDetails(sync)
        guard let scope = details.scope else { throw BSONError("its scope is none") }
        if case .group(let group) = scope { others.removeAll { $0.key.elementsEqual(group.claim.text.utf8) } }
        members += others
        let record = Record(
            key: RecordKey(model: model, syncID: syncID), id: id, version: Version(version),
            stamp: details.stamp, parent: details.parent, scope: scope,
            state: details.isErased ? .erased : isDeleted ? .deleted : .live,
            fields: try Self.fields(members, texts: details.texts, byteCount: bytes.count),
            origin: Record.Origin(writer: details.writer, base: Version(details.base)),
            created: Timestamp(microseconds: details.created), updated: Timestamp(microseconds: details.updated),
            history: details.history)
        return (record, details.check.map { $0 == Self.check(of: record) } ?? true)
    }

    /// Puts members and texts together again, in their order.
    private static func fields(
        _ members: [BSONElement], texts: [SyncDetails.Text], byteCount: Int
    ) throws(BSONError) -> FieldValues {
        var json = JSONWriter(reserving: byteCount)
        var members = members[...]
        var texts = texts[...]
        var place = 0
        while !members.isEmpty || !texts.isEmpty {
            if place > 0 { json.raw(",") }
            if let text = texts.first, text.place == place || members.isEmpty {
                texts.removeFirst()
                json.raw(text.member)
                // What stands there for others to read is the same field.
                if let stand = members.first, text.isMember(named: stand.key) { members.removeFirst() }
            } else if let member = members.popFirst() {
                json.string(String(decoding: member.key, as: UTF8.self))
                json.raw(":")
                try FieldForm.write(member, to: &json)
            }
            place += 1
        }
        return FieldValues(canonical: json.bytes)
    }
}
