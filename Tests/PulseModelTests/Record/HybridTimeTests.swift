import PulseModel
import Testing

@Suite struct HybridTimeTests {
    private static let noon = HybridTime(ticks: 1_777_723_200_000 * HybridTime.ticksPerMillisecond + 1)

    @Test(arguments: [
        ("20260502T120000.000Z-0001", noon), ("19700101T000000.000Z-0000", .zero),
        ("19700101T000000.000Z-9999", HybridTime(ticks: 9_999)),
        ("20000229T235959.999Z-0000", HybridTime(ticks: 951_868_799_999 * 10_000)),
        ("99991231T235959.999Z-9999", HybridTime(ticks: .max)),
    ])
    func `A stamp is written and read`(text: String, stamp: HybridTime) {
        #expect(stamp.description == text)
        #expect(HybridTime(text) == stamp)
    }

    @Test(arguments: [
        "20260502T120000.000Z-0001-a1b2", "20260502T120000.0Z-1", "20260502T120000.00Z-0001",
        "20260502T120000.000999Z-000000001", "20260502T120000.000Z-0001-node-with-hyphens",
        "20260502T115959.999Z-10001", "20260502T115959.998Z-20001",
    ])
    func `Other forms of the same stamp are read`(text: String) {
        #expect(HybridTime(text) == Self.noon)
    }

    @Test(arguments: [
        "", "0", "20260502T120000.000Z", "20260502T120000.000Z-", "20260502T120000.000Z--a", "20260502T120000Z-0001",
        "20260502T120000.Z-0001", "20260502T120000.0000000Z-0001", "20260502T120000.000-0001",
        "20260502 120000.000Z-0001", "20260502t120000.000Z-0001", "20260502T120000,000Z-0001",
        "20260502T120000.000Z-0001 ", " 20260502T120000.000Z-0001", "20260502T120000.000Z-00x1",
        "20260502T120000.000Z-1234567890", "20260502T120000.000Z-+001", "20260502T120000.-01Z-0001",
        "20260002T120000.000Z-0001", "20261302T120000.000Z-0001", "20260500T120000.000Z-0001",
        "20260532T120000.000Z-0001", "20260431T120000.000Z-0001", "20260229T120000.000Z-0001",
        "21000229T120000.000Z-0001", "20260502T240000.000Z-0001", "20260502T126000.000Z-0001",
        "20260502T120060.000Z-0001", "19691231T235959.999Z-9999", "2026-05-02T12:00:00.000Z-0001",
        "\u{662}\u{660}260502T120000.000Z-0001", "20260502T120000.000Z-0001-" + String(repeating: "n", count: 128),
    ])
    func `What is no stamp is refused`(text: String) {
        #expect(HybridTime(text) == nil)
    }

    @Test func `No text makes it trap, wherever it is cut or changed`() {
        let text = Array("20260502T120000.000Z-0001-a1b2".utf8)
        for count in text.indices { _ = HybridTime(String(decoding: text[..<count], as: UTF8.self)) }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                guard let stamp = HybridTime(String(decoding: changed, as: UTF8.self)) else { continue }
                #expect(HybridTime(stamp.description) == stamp)
            }
        }
    }

    @Test func `The counter carries into the next millisecond`() {
        let last = HybridTime(ticks: 9_999)
        #expect(last.next.description == "19700101T000000.001Z-0000")
        #expect(last < last.next)
        #expect(last.next == HybridTime(Timestamp(microseconds: 1_000)))
    }

    @Test func `Nothing lies outside of the years that a text can have`() {
        #expect(HybridTime(ticks: .min) == .zero)
        #expect(HybridTime(Timestamp(microseconds: .min)) == .zero)
        #expect(HybridTime("99991231T235959.999Z-999999999") == HybridTime(ticks: .max))
        #expect(HybridTime(Timestamp(microseconds: .max)).description == "99991231T235959.999Z-0000")
        #expect(HybridTime(ticks: .max).next == HybridTime(ticks: .max))
    }

    @Test func `Texts sort as stamps do, and come back, over all centuries`() {
        var generator = SystemRandomNumberGenerator()
        let ticks = (0..<20_000).map { _ in Int64.random(in: 0...2_534_023_007_999_999_999, using: &generator) }
        let near = (0..<20_000).map { Int64(17_777_232_000_000_000 + $0 * 997) }
        let stamps = (ticks + near).map(HybridTime.init(ticks:)).sorted()
        let texts = stamps.map(\.description)
        #expect(texts == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(texts.map { HybridTime($0) } == stamps)
        #expect(texts.allSatisfy { $0.utf8.count == 25 })
    }
}
