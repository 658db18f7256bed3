import Pulse
import PulseTesting
import PulseWire
import Testing

/// Values of every kind on their way between clients and the server's code.
@Suite struct RoundTripTests {
    private let red = Scope.group(Identity.ann.groups[0])

    /// The fields of a record as a client is sent them.
    private func sent(_ record: Record) throws -> String {
        var frames = FrameBuffer()
        frames.appendUpdate(record, of: Everything.model, as: .delta(table: "every_thing"))
        let start = frames.bytes[1] < 126 ? 2 : 4
        guard case .object(let message) = try JSONValue.parse(Array(frames.bytes[start...])),
            case .object(let update)? = message["data"], case .object(let data)? = update["data"]
        else { throw FieldError("no update") }
        var writer = JSONWriter()
        try writer.value(.object(JSONObject(data.members.filter { !["id", "team"].contains($0.key) })))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `What Swift code saves reaches a client, and comes back from it, unchanged`() async throws {
        let application = try await TestApplication([.model(Everything.self)])
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var value = Everything.random(by: &random)
            let before = value
            try await application.records.create(&value, in: red)
            #expect(value.isLike(before))
            // Another client gets it, and uploads what it got as a record of its own.
            let payload = try sent(#require(value.sync.record))
                .replacing(value.syncID.description, with: SyncID.random().description)
                .replacing(#""version":\#(value.version)"#, with: #""version":0"#)
            let outcome = try await application.upload(payload, to: Everything.model).get()
            var other = try Everything(#require(outcome.stored))
            other.assignedTo = value.assignedTo
            #expect(other.isLike(value))
        }
    }

    @Test(arguments: [
        #""name":"","price":"0""#,
        #""name":"👩‍👩‍👧‍👦e\u0301\u0000","price":"-9999999999999999999999999999.9999999999","count":-9223372036854775808"#,
        #""name":"A","price":"9999999999999999999999999999.9999999999","count":9223372036854775807,"weight":-0.0"#,
        #""name":"A","price":"0.0000000001","due_day":"2024-02-29","seen_at":"0001-01-01T00:00:00Z","weight":5e-324"#,
        #""name":"A","price":"1","due_day":"9999-12-31","seen_at":"9999-12-31T23:59:59.999999999Z","tags":[1e400,{"":[]}]"#,
        #""name":"A","price":"1","token":"0f8fad5b-d9cb-469f-a165-70867728950e","unit":"é","stars":null,"priority":"high""#,
    ])
    func `What a client uploads reaches Swift code and other clients unchanged`(fields: String) async throws {
        let application = try await TestApplication([.model(Everything.self)])
        let id = SyncID.random()
        let outcome = try await application.upload(#"{"sync_id":"\#(id)",\#(fields)}"#, to: Everything.model).get()
        let before = try sent(#require(outcome.stored))
        var value = try #require(try await application.records.fetch(Everything.self, id))
        // The server's code changes another field; the rest must not suffer from having been a Swift value.
        value.notes = "changed"
        try await application.records.save(&value)
        let after = try sent(#require(value.sync.record))
        #expect(after == before.replacing("None.", with: "changed").replacing(#""version":1"#, with: #""version":2"#))
    }
}

extension Everything {
    fileprivate static func random(by random: inout SeededGenerator) -> Everything {
        func pick<Element>(_ elements: Element...) -> Element { elements.randomElement(using: &random)! }
        var value = Everything(
            name: pick("", "A", "👍🏽\u{0}e\u{301}\"\\", String(repeating: "ß", count: 80)),
            price: pick(
                0, 1.5, Decimal(string: "-9999999999999999999999999999.9999999999")!, Decimal(string: "0.0000000001")!))
        value.notes = pick("", "\n\u{2028}", "x")
        value.isOpen = pick(true, false)
        value.count = pick(.min, .max, 0, Int.random(in: .min ... .max, using: &random))
        value.weight = pick(
            0.1, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, 3, Double.random(in: -1...1, using: &random))
        value.dueDay = pick(
            nil, CalendarDate(year: 2024, month: 2, day: 29), CalendarDate(year: 1, month: 1, day: 1),
            CalendarDate(year: 9999, month: 12, day: 31))
        value.seenAt = pick(
            nil, Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: -62_135_596_800),
            Date(timeIntervalSinceReferenceDate: Double.random(in: -1e9...1e9, using: &random)))
        value.token = pick(nil, UUID())
        value.tags = pick([], ["a", 1, true, .null], ["k": ["n": 1.5]], "text", 0)
        value.priority = pick(.low, .high)
        value.stars = pick(nil, .one, .two)
        value.assignedTo = pick(nil, .id(.max), .syncID(.random()))
        value.unit = pick(nil, .number(-1), .text("€"))
        return value
    }

    /// Whether all fields have the same values.
    fileprivate func isLike(_ other: Everything) -> Bool {
        guard let mine = try? members(), let others = try? other.members() else { return false }
        return mine == others
    }
}
