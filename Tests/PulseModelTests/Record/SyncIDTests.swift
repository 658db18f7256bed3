import PulseModel
import Testing

@Suite struct SyncIDTests {
    static let text = "0f8fad5b-d9cb-469f-a165-70867728950e"

    @Test(arguments: [
        text, "0F8FAD5B-D9CB-469F-A165-70867728950E", "0f8fad5bd9cb469fa16570867728950e",
        "0F8FAD5bd9cb469FA16570867728950E", "0f8fad5b-D9CB-469f-A165-70867728950e",
    ])
    func `An id is read in either case, with hyphens or without`(text: String) throws {
        let id = try #require(SyncID(text))
        #expect(id == SyncID(high: 0x0f8f_ad5b_d9cb_469f, low: 0xa165_7086_7728_950e))
        #expect(id.description == Self.text)
    }

    @Test(arguments: [
        "", "0", "not-a-uuid", "0f8fad5b-d9cb-469f-a165-70867728950", "0f8fad5b-d9cb-469f-a165-70867728950e0",
        "0f8fad5bd9cb469fa16570867728950", "0f8fad5bd9cb469fa16570867728950e0",
        "{0f8fad5b-d9cb-469f-a165-70867728950e}",
        "0f8fad5b-d9cb-469f-a165-70867728950g", "0f8fad5b-d9cb-469f-a1657-0867728950e",
        "0f8fad5bd-9cb-469f-a165-70867728950e", "0f8fad5b_d9cb_469f_a165_70867728950e",
        "------------------------------------", "--------------------------------",
        "0f8fad5b-d9cb-469f-a165-7086772895\0e", "0f8fad5b-d9cb-469f-a165-7086772895\u{E9}",
        "\u{FF10}f8fad5b-d9cb-469f-a165-708677289", " f8fad5b-d9cb-469f-a165-70867728950e",
        "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e", "+f8fad5bd9cb469fa16570867728950e",
    ])
    func `What is no UUID is no id`(text: String) {
        #expect(SyncID(text) == nil)
    }

    @Test(arguments: [(0, 0), (.max, .max), (1, 0), (0, 1), (1 << 63, 1 << 63)] as [(UInt64, UInt64)])
    func `Every id is read back from its text`(high: UInt64, low: UInt64) throws {
        let id = SyncID(high: high, low: low)
        #expect(id.description.utf8.count == 36)
        #expect(SyncID(id.description) == id)
        var bytes: [UInt8] = [7]
        id.append(to: &bytes)
        #expect(bytes == [7] + Array(id.description.utf8))
    }

    @Test func `A random id is one of version 4 and differs from the next`() {
        var seen: Set<SyncID> = []
        for _ in 0..<1_000 {
            let id = SyncID.random()
            let text = Array(id.description.utf8)
            #expect(text[14] == UInt8(ascii: "4"))
            #expect("89ab".utf8.contains(text[19]))
            #expect(seen.insert(id).inserted)
        }
    }
}
