import PulseEngine
import PulseHTTPSync
import PulseModel
import Testing

@Suite("Cursors of a full resync")
struct FullCursorTests {
    private let secret = LogSecret.random()
    private let cursor = FullCursor(
        end: LogHead(version: Version(70_000), stamp: HybridTime(ticks: 17_777_777_777_770_001)), after: Version(1_000))

    @Test("a cursor is read back")
    func roundTrip() {
        let text = cursor.text(through: "task u:ann", secret: secret)
        #expect(FullCursor(text, through: "task u:ann", secret: secret) == cursor)
    }

    @Test("another user's cursor, one of other collections, and one of another store are not taken")
    func foreign() {
        let text = cursor.text(through: "task u:ann", secret: secret)
        #expect(FullCursor(text, through: "task u:bob", secret: secret) == nil)
        #expect(FullCursor(text, through: "task u:ann\nnote u:ann", secret: secret) == nil)
        #expect(FullCursor(text, through: "task u:ann", secret: .random()) == nil)
    }

    @Test("no change of a single digit is taken")
    func altered() {
        let text = Array(cursor.text(through: "task u:ann", secret: secret).utf8)
        for index in text.indices {
            var other = text
            other[index] = other[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(FullCursor(String(decoding: other, as: UTF8.self), through: "task u:ann", secret: secret) == nil)
        }
    }

    @Test("what is no cursor is not taken", arguments: ["", "0", "MDo=", String(repeating: "0", count: 112), "é"])
    func garbage(text: String) {
        #expect(FullCursor(text, through: "task u:ann", secret: secret) == nil)
        let whole = cursor.text(through: "task u:ann", secret: secret)
        #expect(FullCursor(whole + text + "0", through: "task u:ann", secret: secret) == nil)
        #expect(
            FullCursor(whole.uppercased(), through: "task u:ann", secret: secret) == nil
                || !whole.contains { $0.isLetter })
    }
}
