/// What a record was before its last writes, and by which uploads it became what it is: the common ancestors that edits
/// are merged by, and the means to know an upload again after others have written.
///
/// Of each former version only those members are kept that the next one replaced. A hard delete forgets everything.
public struct RecordHistory: Sendable, Hashable {
    /// As it is stored: JSON, or empty.
    public let bytes: [UInt8]

    public static let none = RecordHistory(stored: [])

    /// The most bytes that a history has: for the version before the last, and for all together. Where that is not
    /// enough, it reaches less far back. It is read whenever the record is written, so it must not be much.
    package static let maximumByteCount = 1 << 20
    package static let maximumOlderByteCount = 32 << 10

    /// - Parameter bytes: from ``bytes``. What is damaged counts as forgotten.
    public init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// One former version.
    struct Entry {
        let version: Version
        let stamp: HybridTime
        /// When it was superseded.
        let until: Timestamp
        let state: Record.State
        let origin: Record.Origin
        /// Of the upload that had led to it; empty where the server wrote it.
        let digest: String
        /// Members that the next version has otherwise, or not at all.
        let replaced: [JSONObject.Member]
        /// Names of members that it did not have and the next one has.
        let added: [String]
    }

    /// What it says. Read once for a judgement, as it may be long.
    package struct Memory {
        /// Of the upload that led to the record as it is; nil where there is no history.
        let digest: String?
        /// Former versions, newest first.
        let entries: [Entry]

        package static let none = Memory(digest: nil, entries: [])
    }

    package var memory: Memory {
        guard !bytes.isEmpty else { return .none }
        guard case .object(let object) = try? JSONValue.parse(bytes, limits: .history),
            case .string(let digest) = object["digest"], case .array(let list) = object["past"]
        else { return Memory(digest: "", entries: []) }
        var entries: [Entry] = []
        for case .object(let item) in list {
            guard let entry = Entry(item) else { break }
            entries.append(entry)
        }
        return Memory(digest: digest, entries: entries)
    }
}

extension RecordHistory.Memory {
    /// Whether an upload with this origin and content has led to the record as it is or to one of its former versions.
    package func knows(_ digest: String, from origin: Record.Origin, of record: Record) -> Bool {
        record.origin == origin && self.digest == digest
            || entries.contains { $0.origin == origin && $0.digest == digest }
    }

    /// The newest former version whose stamp is not above `stamp`; zero where none is remembered.
    package func version(at stamp: HybridTime) -> Version {
        entries.first { $0.stamp <= stamp }?.version ?? .zero
    }

    /// The record as somebody saw it who knew the log up to `base`; nil where that is not remembered.
    package func image(of record: Record, at base: Version, now: Timestamp, rules: ConflictRules.History)
        -> RecordImage?
    {
        var image = RecordImage(record)
        if record.version <= base { return image }
        let oldest = now.microseconds - Int64(rules.days) * 86_400_000_000
        for entry in entries {
            guard entry.until.microseconds >= oldest else { return nil }
            image.undo(entry)
            if entry.version <= base { return image }
        }
        return nil
    }
}

extension RecordHistory {
    /// The history of a record that gets other fields or another state.
    ///
    /// - Parameters:
    ///   - memory: the record's own.
    ///   - digest: of the upload that changes it; empty where the server does.
    package static func following(
        _ record: Record, remembering memory: Memory, to fields: FieldValues, by digest: String, now: Timestamp,
        rules: ConflictRules.History
    ) -> RecordHistory {
        let oldest = now.microseconds - Int64(rules.days) * 86_400_000_000
        var writer = JSONWriter(reserving: record.history.bytes.count + 256)
        writer.raw(#"{"digest":"#)
        writer.string(digest)
        writer.raw(#","past":["#)
        Entry(record, before: fields, digest: memory.digest ?? "", now: now).write(to: &writer)
        var end = writer.bytes.count
        // Never with a gap: what an older one has is seen through those behind it.
        for entry in memory.entries.prefix(rules.versions - 1).prefix(while: { $0.until.microseconds >= oldest }) {
            writer.raw(",")
            entry.write(to: &writer)
            guard writer.bytes.count + 2 <= maximumOlderByteCount else { break }
            end = writer.bytes.count
        }
        writer.cut(to: end)
        writer.raw("]}")
        return writer.bytes.count <= maximumByteCount ? RecordHistory(stored: writer.bytes) : beginning(with: digest)
    }

    /// The history of a record that has no former versions.
    package static func beginning(with digest: String) -> RecordHistory {
        var writer = JSONWriter(reserving: 48)
        writer.raw(#"{"digest":"#)
        writer.string(digest)
        writer.raw(#","past":[]}"#)
        return RecordHistory(stored: writer.bytes)
    }
}

/// A record's state and fields at some version.
package struct RecordImage {
    package private(set) var state: Record.State
    /// Values in stored form, by the names of their members in stored form.
    package private(set) var members: [[UInt8]: [UInt8]] = [:]

    init(_ record: Record) {
        state = record.state
        members = record.fields.membersByName
    }

    /// The same, and the default of each field of the model that the record did not have yet: so clients saw it.
    package func members(in model: Model) -> [[UInt8]: [UInt8]] {
        var members = members
        for field in model.fields where members[Array(field.name.utf8)] == nil {
            members[Array(field.name.utf8)] = field.defaultValue
        }
        return members
    }

    mutating func undo(_ entry: RecordHistory.Entry) {
        state = entry.state
        for name in entry.added { members[storedName(name)] = nil }
        for member in entry.replaced {
            var writer = JSONWriter()
            if (try? writer.value(member.value)) != nil { members[storedName(member.key)] = writer.bytes }
        }
    }
}

extension RecordHistory.Entry {
    /// A record as it is, seen from what comes next.
    init(_ record: Record, before next: FieldValues, digest: String, now: Timestamp) {
        version = record.version
        stamp = record.stamp
        until = now
        state = record.state
        origin = record.origin
        self.digest = digest
        let old = record.fields.membersByName
        let new = next.membersByName
        replaced = old.compactMap { name, value in
            guard new[name] != value, let name = text(storedName: name),
                let value = try? JSONValue.parse(value, limits: .history)
            else { return nil }
            return JSONObject.Member(key: name, value: value)
        }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        added = new.keys.filter { old[$0] == nil }.compactMap(text(storedName:))
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    init?(_ object: JSONObject) {
        guard case .int(let version) = object["version"], case .int(let until) = object["until"],
            case .int(let state) = object["state"], let state = Record.State(rawValue: UInt8(clamping: state)),
            case .int(let base) = object["base"], case .object(let replaced) = object["replaced"]
        else { return nil }
        var writer: UserID?
        if case .string(let text) = object["writer"] { writer = UserID(text) }
        self.version = Version(version)
        if case .int(let ticks) = object["stamp"] {
            stamp = HybridTime(ticks: ticks)
        } else {
            stamp = HybridTime(ticks: version)
        }
        self.until = Timestamp(microseconds: until)
        self.state = state
        origin = Record.Origin(writer: writer, base: Version(base))
        if case .string(let text) = object["digest"] { digest = text } else { digest = "" }
        self.replaced = replaced.members
        var added: [String] = []
        if case .array(let names) = object["added"] {
            for case .string(let name) in names { added.append(name) }
        }
        self.added = added
    }

    func write(to writer: inout JSONWriter) {
        writer.raw(#"{"version":"#)
        writer.int(version.number)
        writer.raw(#","stamp":"#)
        writer.int(stamp.ticks)
        writer.raw(#","until":"#)
        writer.int(until.microseconds)
        writer.raw(#","state":"#)
        writer.int(Int64(state.rawValue))
        writer.raw(#","base":"#)
        writer.int(origin.base.number)
        if let user = origin.writer {
            writer.raw(#","writer":"#)
            writer.string(user.text)
        }
        writer.raw(#","digest":"#)
        writer.string(digest)
        writer.raw(#","replaced":"#)
        // What was parsed can be written.
        try? writer.value(.object(JSONObject(replaced)))
        if !added.isEmpty {
            writer.raw(#","added":"#)
            try? writer.value(.array(added.map(JSONValue.string)))
        }
        writer.raw("}")
    }
}

extension FieldValues {
    /// Values in stored form, by the names of their members in stored form.
    fileprivate var membersByName: [[UInt8]: [UInt8]] {
        var members: [[UInt8]: [UInt8]] = [:]
        _ = JSONMembers.scan(bytes) { members[Array(bytes[$0])] = Array(bytes[$1]) }
        return members
    }
}

/// A member's name as it stands between the quotes.
func storedName(_ text: String) -> [UInt8] {
    var writer = JSONWriter(reserving: text.utf8.count + 2)
    writer.string(text)
    return Array(writer.bytes.dropFirst().dropLast())
}

/// The opposite; nil where the name is damaged.
package func text(storedName name: [UInt8]) -> String? {
    guard case .string(let text) = try? JSONValue.parse([UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")]) else {
        return nil
    }
    return text
}

extension JSONLimits {
    /// A value nests deeper in a history than in the upload that brought it.
    package static let history = JSONLimits(maximumDepth: greatestDepth)
}
