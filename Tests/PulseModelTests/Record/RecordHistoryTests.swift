import PulseModel
import Testing

@Suite("What a record was")
struct RecordHistoryTests {
    private static let model = try! Model.task(
        [Field("a", .text), Field("b", .int, default: .int(0)), Field("c", .json, isNullable: true)],
        unknownFields: .keep)
    private static let rules = ConflictRules.History(versions: 32, days: 30)
    private static let day: Int64 = 86_400_000_000

    /// A record in its first version.
    private static func record(_ fields: String) throws -> Record {
        Record(
            key: RecordKey(model: model.name, syncID: SyncID(high: 1, low: 1)), id: 1, version: Version(1),
            scope: .global, state: .live, fields: try FieldValues.none.patched(fields, in: model),
            origin: .init(writer: UserID("1"), base: .zero), created: Timestamp(microseconds: 0),
            updated: Timestamp(microseconds: 0), history: .beginning(with: "d1"))
    }

    private func next(
        _ record: Record, _ patch: String, at version: Int64, on day: Int64 = 0, state: Record.State = .live,
        rules: ConflictRules.History = rules
    ) throws -> Record {
        let fields = try record.fields.patched(patch, in: Self.model)
        let now = Timestamp(microseconds: day * Self.day)
        return Record(
            key: record.key, id: record.id, version: Version(version), scope: record.scope, state: state,
            fields: fields, origin: .init(writer: UserID("1"), base: record.version), created: record.created,
            updated: now,
            history: .following(
                record, remembering: record.history.memory, to: fields, by: "d\(version)", now: now, rules: rules))
    }

    /// Its members as somebody saw them; nil where that is forgotten.
    private func seen(
        _ record: Record, at base: Int64, on day: Int64 = 0, rules: ConflictRules.History = rules
    ) -> [String: String]? {
        let now = Timestamp(microseconds: day * Self.day)
        return record.history.memory.image(of: record, at: Version(base), now: now, rules: rules).map { image in
            Dictionary(
                uniqueKeysWithValues: image.members.map {
                    (String(decoding: $0.key, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
                })
        }
    }

    @Test("it is remembered as it was at every version, and between them")
    func images() throws {
        let first = try Self.record(#"{"a":"one"}"#)
        let second = try next(first, #"{"a":"two","x\"y":1.50}"#, at: 4)
        let third = try next(second, #"{"b":7,"c":[null,-0,1e400]}"#, at: 6, state: .deleted)
        let last = try next(third, #"{"a":"\u0000é","c":null,"x\"y":"2"}"#, at: 9)
        let one = ["a": #""one""#, "b": "0", "c": "null"]
        let two = ["a": #""two""#, "b": "0", "c": "null", #"x\"y"#: "1.50"]
        let three = ["a": #""two""#, "b": "7", "c": "[null,-0,1e400]", #"x\"y"#: "1.50"]
        let four = ["a": #""\u0000é""#, "b": "7", "c": "null", #"x\"y"#: #""2""#]
        let expected: [[String: String]?] = [nil, one, one, one, two, two, three, three, three, four, four]
        for (base, image) in expected.enumerated() { #expect(seen(last, at: Int64(base)) == image, "at \(base)") }
        let now = Timestamp(microseconds: 0)
        #expect(last.history.memory.image(of: last, at: Version(7), now: now, rules: Self.rules)?.state == .deleted)
        #expect(last.history.memory.image(of: last, at: Version(5), now: now, rules: Self.rules)?.state == .live)
    }

    @Test("a field that was declared later is seen with its default, as clients saw it")
    func laterField() throws {
        let older = try Model.task([Field("a", .text)], unknownFields: .keep)
        let first = try Self.record(#"{"a":"one"}"#)
        let short = Record(
            key: first.key, id: 1, version: first.version, scope: first.scope, state: .live,
            fields: try FieldValues.none.patched(#"{"a":"one"}"#, in: older), origin: first.origin,
            created: first.created, updated: first.updated, history: first.history)
        let last = try next(short, #"{"b":5}"#, at: 2)
        #expect(seen(last, at: 1) == ["a": #""one""#])
        let image = last.history.memory.image(of: last, at: Version(1), now: first.created, rules: Self.rules)
        #expect(image?.members(in: Self.model)[Array("b".utf8)] == Array("0".utf8))
        #expect(image?.members(in: Self.model)[Array("c".utf8)] == Array("null".utf8))
    }

    @Test("a value may nest as deep as anything that is stored")
    func deepValues() throws {
        let deep = String(repeating: #"{"k":["#, count: 16) + String(repeating: "]}", count: 16)
        let first = try Self.record(#"{"a":"one"}"#)
        let kept = Record(
            key: first.key, id: 1, version: first.version, scope: first.scope, state: .live,
            fields: FieldValues(canonical: Array(#""a":"one","b":0,"c":\#(deep)"#.utf8)), origin: first.origin,
            created: first.created, updated: first.updated, history: first.history)
        let last = try next(try next(kept, #"{"c":1}"#, at: 2), #"{"c":2}"#, at: 3)
        #expect(seen(last, at: 1)?["c"] == deep)
        #expect(seen(last, at: 2)?["c"] == "1")
    }

    @Test("it is forgotten beyond so many versions")
    func versions() throws {
        let rules = ConflictRules.History(versions: 2, days: 30)
        var record = try Self.record(#"{"b":1}"#)
        for version in Int64(2)...5 { record = try next(record, #"{"b":\#(version)}"#, at: version, rules: rules) }
        let numbers = (1...5).map { seen(record, at: $0, rules: rules)?["b"] }
        #expect(numbers == [nil, nil, "3", "4", "5"])
    }

    @Test("it is forgotten beyond so many days, counted from when it was superseded")
    func days() throws {
        let rules = ConflictRules.History(versions: 32, days: 3)
        let second = try next(try Self.record(#"{"b":1}"#), #"{"b":2}"#, at: 2, on: 10, rules: rules)
        #expect(seen(second, at: 1, on: 13, rules: rules)?["b"] == "1")
        #expect(seen(second, at: 1, on: 14, rules: rules) == nil)
        let third = try next(second, #"{"b":3}"#, at: 3, on: 14, rules: rules)
        #expect(seen(third, at: 2, on: 14, rules: rules)?["b"] == "2")
        #expect(seen(third, at: 1, on: 10, rules: rules) == nil)
    }

    /// Found here: a version in the middle was left out, and older ones were seen without what it had replaced.
    @Test("a clock that is put back leaves no gap")
    func clock() throws {
        let rules = ConflictRules.History(versions: 32, days: 3)
        var record = try next(try Self.record(#"{"a":"one","b":1}"#), #"{"a":"two"}"#, at: 2, on: 100, rules: rules)
        record = try next(record, #"{"b":2}"#, at: 3, on: 1, rules: rules)
        record = try next(record, #"{"a":"four"}"#, at: 4, on: 99, rules: rules)
        let first = seen(record, at: 1, on: 99, rules: rules)
        #expect(first == nil || first?["b"] == "1")
        #expect(seen(record, at: 3, on: 99, rules: rules)?["a"] == #""two""#)
    }

    @Test("it has a largest size, and reaches back as far as that allows")
    func size() throws {
        // The version before the last is remembered whatever its size, older ones as far as there is room for them.
        for (byteCount, oldest) in [(10_000, 3), (300_000, 5)] {
            let text = { (letter: String) in String(repeating: letter, count: byteCount) }
            var record = try Self.record(#"{"a":"\#(text("1"))"}"#)
            for version in Int64(2)...6 { record = try next(record, #"{"a":"\#(text("\(version)"))"}"#, at: version) }
            #expect(record.history.bytes.count <= max(byteCount + 1_000, RecordHistory.maximumOlderByteCount))
            for version in 1...6 {
                let found = seen(record, at: Int64(version))?["a"]?.dropFirst().prefix(1)
                #expect(found.map(String.init) == (version < oldest ? nil : "\(version)"))
            }
        }
        let record = try Self.record(#"{"a":"1"}"#)
        let whole = try next(record, #"{"a":"\#(String(repeating: "x", count: 1_100_000))"}"#, at: 7)
        let after = try next(whole, #"{"a":"y"}"#, at: 8)
        #expect(after.history == .beginning(with: "d8"))
        #expect(seen(after, at: 7) == nil)
    }

    @Test("damage is forgotten, and hides nothing behind it")
    func damage() throws {
        let record = try next(try Self.record(#"{"b":1}"#), #"{"b":2}"#, at: 2)
        let origin = Record.Origin(writer: UserID("1"), base: .zero)
        for count in 1..<record.history.bytes.count {
            let cut = RecordHistory(stored: Array(record.history.bytes.prefix(count)))
            let now = Timestamp(microseconds: 0)
            #expect(cut.memory.image(of: record, at: Version(1), now: now, rules: Self.rules) == nil)
            #expect(!cut.memory.knows("d1", from: origin, of: record))
        }
        let stranger = RecordHistory(stored: Array(#"{"digest":"d2","past":[{"version":"1"},5]}"#.utf8))
        #expect(stranger.memory.knows("d2", from: record.origin, of: record))
        #expect(!stranger.memory.knows("d1", from: origin, of: record))
    }

    @Test("the uploads that led to it and to what it was are known by writer, base and content")
    func digests() throws {
        let second = try next(try Self.record(#"{"b":1}"#), #"{"b":2}"#, at: 2)
        let third = try next(second, #"{"b":3}"#, at: 3)
        let user = UserID("1")
        #expect(third.history.memory.knows("d1", from: .init(writer: user, base: .zero), of: third))
        #expect(third.history.memory.knows("d2", from: .init(writer: user, base: Version(1)), of: third))
        #expect(third.history.memory.knows("d3", from: .init(writer: user, base: Version(2)), of: third))
        #expect(!third.history.memory.knows("d2", from: .init(writer: user, base: Version(2)), of: third))
        #expect(!third.history.memory.knows("d2", from: .init(writer: UserID("2"), base: Version(1)), of: third))
        #expect(!third.history.memory.knows("d4", from: .init(writer: user, base: Version(2)), of: third))
        #expect(!RecordHistory.none.memory.knows("", from: third.origin, of: third))
    }

    @Test("two uploads have one digest only if they say the same")
    func contents() throws {
        let uploads = [
            #"{}"#, #"{"a":""}"#, #"{"a":"b"}"#, #"{"b":1}"#, #"{"b":2}"#, #"{"c":null}"#, #"{"c":[]}"#, #"{"x":1}"#,
            #"{"x":2}"#, #"{"a":"b","b":1}"#, #"{"a":"","x":"b"}"#,
        ]
        var digests: Set<String> = []
        for upload in uploads {
            let patch = try FieldPatch(members(upload), for: Self.model, by: .client, ignoring: { _ in false })
            for mark in [nil, true, false] {
                for client in [nil, ClientID("a"), ClientID("b")] {
                    digests.insert(patch.digest(of: Self.model, isDeleted: mark, from: client))
                }
            }
            let again = patch.digest(of: Self.model, isDeleted: nil, from: nil)
            #expect(patch.digest(of: Self.model, isDeleted: nil, from: nil) == again)
        }
        #expect(digests.count == 9 * uploads.count)
    }
}
