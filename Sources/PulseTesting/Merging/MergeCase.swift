import PulseEngine
import PulseModel

/// Two devices of one user, one record, and what becomes of the last upload under one model's rules.
package struct MergeCase: Sendable, CustomStringConvertible {
    /// What the devices do. Before it, the record is there in its first version, which both have seen.
    package enum Story: String, Sendable, CaseIterable {
        /// The tablet changes the field, and the phone, which has not seen it, changes it too.
        case bothChanged
        /// The tablet changes another field, the phone this one.
        case oneChanged
        /// The tablet deletes the record, the phone changes the field.
        case deletedMeanwhile
        /// The tablet changes the field, the phone deletes the record.
        case deletesUpdated
        /// The phone uploads its change twice.
        case repeated
        /// And between the two the tablet, which has seen the first, changes the field.
        case repeatedLater
    }

    package let policy: ConflictPolicy
    package let rules: ConflictRules
    package let story: Story
    /// What becomes of the last upload: `+` accepted, `=` nothing new, `!` a conflict; then the field's value by its name
    /// in ``MergeField``; then `-` where the record is deleted.
    package let ending: String

    package var description: String { "\(policy), \(rules.merge), \(rules.deletion): \(story)" }

    /// Plays the story with a record of its own.
    ///
    /// - Throws: ``StoreConformance/Failure``, or what the bench throws.
    package func play(on bench: any MergeBench, record number: Int) async throws {
        let field = MergeField(policy)
        let schema = try field.schema(policy, rules)
        let key = RecordKey(model: StoreConformance.task, syncID: StoreConformance.id(number))
        func upload(_ members: [String], seen base: Version, isDeleted: Bool? = nil) async throws -> WriteOutcome {
            let write = try Write(key, members, seen: base, isDeleted: isDeleted, of: schema)
            let outcomes = try await bench.commit(
                WriteBatch(author: .client(Self.user), writes: [write]), schema, [key.model: MergeField.concatenation])
            return outcomes[0]
        }
        let first = try await upload(
            [field.member("b"), #""moment":"2026-01-01T11:00:00Z""#, #""name":"b""#], seen: .zero)
        guard case .accepted(let record) = first else {
            throw StoreConformance.Failure("the first version is not accepted: \(first)")
        }
        let base = record.version
        // Devices of such a model say when they change a record. The phone is the later one.
        let isTimed = policy == .lastWriter(by: "moment")
        let tablet = isTimed ? [#""moment":"2026-01-01T12:00:00Z""#] : []
        let phone = isTimed ? [#""moment":"2026-01-01T13:00:00Z""#] : []
        let last: WriteOutcome
        switch story {
        case .bothChanged:
            _ = try await upload([field.member("t")] + tablet, seen: base)
            last = try await upload([field.member("p")] + phone, seen: base)
        case .oneChanged:
            _ = try await upload([#""name":"t""#] + tablet, seen: base)
            last = try await upload([field.member("p")] + phone, seen: base)
        case .deletedMeanwhile:
            _ = try await upload(tablet, seen: base, isDeleted: true)
            last = try await upload([field.member("p")] + phone, seen: base)
        case .deletesUpdated:
            _ = try await upload([field.member("t")] + tablet, seen: base)
            last = try await upload(phone, seen: base, isDeleted: true)
        case .repeated, .repeatedLater:
            let first = try await upload([field.member("p")] + phone, seen: base)
            if story == .repeatedLater, case .accepted(let record) = first {
                _ = try await upload([field.member("t")] + tablet, seen: record.version)
            }
            last = try await upload([field.member("p")] + phone, seen: base)
        }
        try expect(field.name(of: last), is: ending, "\(self)")
        guard let left = last.record else { return }
        try expect(try await bench.record(key), is: left, "\(self): the record that is stored")
        let name = left.fields.storedMembers(in: schema.models[0])[Array("name".utf8)]
        try expect(
            name.map { String(decoding: $0, as: UTF8.self) }, is: story == .oneChanged ? #""t""# : #""b""#,
            "\(self): the other field")
    }

    private static let user = Identity(user: UserID("1")!)
}

extension WriteOutcome {
    /// The record that the writer is told of.
    var record: Record? {
        switch self {
        case .accepted(let record), .resolved(let record), .repeated(let record), .conflict(let record): record
        case .answered, .rejected: nil
        }
    }
}
